package pack

import (
	"errors"
	"io"
	"runtime/debug"
)

// errCut is the error of what a mapped file does not hold any more.
var errCut = errors.New("the file was cut off while it was read: scan again when nothing writes to the repository")

// safely runs f, which reads mapped files. When a file is cut off after it was
// mapped, reading what is gone is a fault, which would end the program. safely
// makes it an error. It costs about as much as a deferred call.
func safely(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		v := recover()
		if _, fault := v.(interface{ Addr() uintptr }); fault {
			err = errCut
		} else if v != nil {
			panic(v)
		}
	}()
	return f()
}

// A safeReader reads what r makes of a mapped file.
type safeReader struct{ r io.Reader }

// Read implements io.Reader.
func (s safeReader) Read(p []byte) (n int, err error) {
	fault := safely(func() error {
		n, err = s.r.Read(p)
		return nil
	})
	if fault != nil {
		return 0, fault
	}
	return n, err
}
