package cli

import "io"

// An outlet is standard output. It keeps the first error, so that output that
// did not arrive is told whatever the command made of it.
type outlet struct {
	io.Writer
	err error
}

// Write implements io.Writer.
func (o *outlet) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.Writer.Write(p)
	o.err = err
	return n, err
}
