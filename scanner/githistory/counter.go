package githistory

import (
	"bytes"

	"github.com/agcloud/keylint/scanner"
)

// counted is what coverage counts of a blob: its size in bytes, times four, and
// what it is. That of a blob that was not scanned is 0.
type counted uint64

// What a blob is.
const (
	isText counted = 1 + iota
	isBinary
	isPointer // of Git LFS: text, but its content is elsewhere
)

// count returns what counts of a blob of size bytes, of which data is nil when it
// was read as a stream.
func count(t *scanner.Scanned, data []byte, size uint64) counted {
	what := isText
	switch {
	case t.Binary():
		what = isBinary
	case isLFSPointer(data):
		what = isPointer
	}
	return counted(size)<<2 | what
}

// addTo adds a blob to a coverage.
func (c counted) addTo(sum *scanner.Coverage) {
	if c == 0 {
		return
	}
	sum.Blobs++
	switch c & 3 {
	case isBinary:
		sum.Skipped["binary"]++
		return
	case isPointer:
		sum.Skipped["lfs"]++
	}
	sum.Files++
	sum.Bytes += int64(c >> 2)
}

// isLFSPointer reports whether a blob stands for a file that Git LFS keeps
// elsewhere (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
func isLFSPointer(data []byte) bool {
	return len(data) < 1024 && bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/spec/"))
}

// addCoverage adds what b counts of blobs to a.
func addCoverage(a *scanner.Coverage, b scanner.Coverage) {
	a.Files += b.Files
	a.Blobs += b.Blobs
	a.Bytes += b.Bytes
	for reason, n := range b.Skipped {
		a.Skipped[reason] += n
	}
}

// coverage returns what counts of blobs.
func coverage(blobs []counted) scanner.Coverage {
	sum := scanner.Coverage{Skipped: map[string]int{}}
	for _, b := range blobs {
		b.addTo(&sum)
	}
	return sum
}
