package pack

import (
	"errors"
	"io"
)

// maxSpare is the most bytes of buffers that a worker keeps for later.
const maxSpare = 16 << 20

// get returns an empty buffer.
func (w *walker) get() []byte {
	n := len(w.spare)
	if n == 0 {
		return nil
	}
	b := w.spare[n-1]
	w.spare = w.spare[:n-1]
	w.spared -= cap(b)
	return b[:0]
}

// put takes back a buffer.
func (w *walker) put(b []byte) {
	if cap(b) > 0 && w.spared+cap(b) <= maxSpare {
		w.spare = append(w.spare, b)
		w.spared += cap(b)
	}
}

var errObject = errors.New("the object is damaged: run git fsck")

// exactly returns the size bytes that r holds; other lengths are an error, as is
// what r fails with.
func exactly(r io.Reader, size uint64) io.Reader { return &exactReader{r, size} }

type exactReader struct {
	r    io.Reader
	left uint64
}

// Read implements io.Reader.
func (e *exactReader) Read(p []byte) (int, error) {
	if e.left == 0 {
		var more [1]byte
		if n, err := io.ReadFull(e.r, more[:]); n > 0 || err != io.EOF {
			return 0, errObject
		}
		return 0, io.EOF
	}
	n, err := e.r.Read(p[:min(uint64(len(p)), e.left)])
	e.left -= uint64(n)
	if err != nil && (err != io.EOF || e.left > 0) {
		return n, errObject
	}
	return n, nil
}
