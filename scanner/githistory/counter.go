package githistory

import (
	"bytes"

	"github.com/agcloud/keylint/scanner"
)

// A counter counts the blobs that were scanned.
type counter struct {
	blobs, texts, binary, lfs int
	bytes                     int64
}

// count counts a blob of size bytes, of which data is nil when it was read as a
// stream.
func (c *counter) count(t *scanner.Scanned, data []byte, size uint64) {
	c.blobs++
	if t.Binary() {
		c.binary++
		return
	}
	if isLFSPointer(data) {
		c.lfs++
	}
	c.texts++
	c.bytes += int64(size)
}

// addTo adds the counts to a coverage.
func (c *counter) addTo(sum *scanner.Coverage) {
	sum.Blobs += c.blobs
	sum.Files += c.texts
	sum.Bytes += c.bytes
	for reason, n := range map[string]int{"binary": c.binary, "lfs": c.lfs} {
		if n > 0 {
			sum.Skipped[reason] += n
		}
	}
}

// isLFSPointer reports whether a blob stands for a file that Git LFS keeps
// elsewhere (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
func isLFSPointer(data []byte) bool {
	return len(data) < 1024 && bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/spec/"))
}
