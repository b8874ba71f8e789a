package pack

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"strconv"

	"github.com/klauspost/compress/zlib"

	"github.com/agcloud/keylint/scanner/internal/delta"
)

var errLoose = errors.New("the loose object is damaged: run git fsck")

// maxLooseHeader is the most bytes of "commit 18446744073709551615\0".
const maxLooseHeader = 32

// A looseFile is a loose object: zlib over its kind, its size, a NUL byte and
// its content.
type looseFile struct {
	file    *os.File
	kind    Kind
	size    uint64 // of the content in bytes, as the header says
	content io.Reader
}

// openLoose opens a loose object and reads its header.
func openLoose(path string) (*looseFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	l := &looseFile{file: f}
	if l.header() != nil {
		f.Close()
		return nil, errLoose
	}
	return l, nil
}

func (l *looseFile) header() error {
	z, err := zlib.NewReader(bufio.NewReader(l.file))
	if err != nil {
		return err
	}
	var head [maxLooseHeader]byte
	n, err := io.ReadFull(z, head[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	text, rest, ok := bytes.Cut(head[:n], []byte{0})
	name, digits, _ := bytes.Cut(text, []byte(" "))
	l.size, err = strconv.ParseUint(string(digits), 10, 63)
	l.kind = kindOf(string(name))
	if !ok || err != nil || l.kind == 0 {
		return errLoose
	}
	l.content = io.MultiReader(bytes.NewReader(rest), z)
	return nil
}

// read reads the content into dst[:0], which it grows.
func (l *looseFile) read(dst []byte, limit uint64) ([]byte, error) {
	if l.size > limit {
		return nil, &delta.TooLargeError{Size: l.size, Limit: limit}
	}
	b := bytes.NewBuffer(dst[:0])
	if _, err := b.ReadFrom(exactly(l.content, l.size)); err != nil {
		return nil, errLoose
	}
	return b.Bytes(), nil
}

// looseKind returns the kind of a loose object.
func looseKind(path string) (Kind, error) {
	l, err := openLoose(path)
	if err != nil {
		return 0, err
	}
	return l.kind, l.file.Close()
}
