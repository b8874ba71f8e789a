package gitrepo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

// maxIndex is the size in bytes of the largest index that is read: about ten
// million entries.
const maxIndex = 1 << 30

// ReadIndex reads the index of the working tree, with its shared index if it
// is split, and verifies the checksums. A repository without an index has an
// empty one.
func (r *Repo) ReadIndex() (*Index, error) {
	x, err := readIndexFile(r.IndexFile, r.Format)
	if errors.Is(err, fs.ErrNotExist) {
		return &Index{}, nil
	}
	if err != nil {
		return nil, err
	}
	if x.link == nil || strings.Trim(string(x.link.shared), "\x00") == "" {
		return &x.Index, nil
	}
	path := filepath.Join(r.GitDir, "sharedindex."+x.link.shared.String())
	shared, err := readIndexFile(path, r.Format)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is split and its other part %s is missing: %w", r.IndexFile, path, errCorrupt)
	case err != nil:
		return nil, err
	case shared.checksum != x.link.shared || shared.link != nil:
		return nil, fmt.Errorf("%s: %w", path, corruptf("it is not the one that the index is based on"))
	}
	merged, err := x.merge(shared)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.IndexFile, err)
	}
	return merged, nil
}

// readIndexFile parses a file and verifies its checksum, both at once: each
// takes some milliseconds for a hundred thousand entries.
func readIndexFile(path string, f ObjectFormat) (*indexFile, error) {
	data, err := readString(path, maxIndex)
	if err != nil {
		return nil, err
	}
	sum := make(chan error, 1)
	go func() { sum <- verifyChecksum(data, f) }()
	x, err := parseIndex(data, f)
	if sumErr := <-sum; err == nil {
		err = sumErr
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return x, nil
}

// verifyChecksum compares the checksum at the end of an index. Zero bytes,
// which git writes with index.skipHash, stand for none.
func verifyChecksum(data string, f ObjectFormat) error {
	if len(data) < f.Size() {
		return corruptf("it is cut off")
	}
	data, want := data[:len(data)-f.Size()], data[len(data)-f.Size():]
	if strings.Trim(want, "\x00") == "" {
		return nil
	}
	h := f.newHash()
	buf := make([]byte, 32<<10)
	for len(data) > 0 {
		n := copy(buf, data)
		h.Write(buf[:n])
		data = data[n:]
	}
	if string(h.Sum(nil)) != want {
		return corruptf("the checksum is wrong")
	}
	return nil
}

// readString reads a regular file into a string without a second copy.
func readString(path string, limit int64) (string, error) {
	f, err := regular.OpenFollow(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if f.Size() > limit {
		return "", fmt.Errorf("%s is larger than %d bytes: %w", path, limit, errors.ErrUnsupported)
	}
	var b strings.Builder
	b.Grow(int(f.Size()))
	if _, err := io.CopyBuffer(&b, io.LimitReader(f, limit), make([]byte, 128<<10)); err != nil {
		return "", err
	}
	return b.String(), nil
}
