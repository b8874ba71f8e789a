package archive

import (
	"errors"
	"fmt"
	"io"
)

// errStop ends the work on an outer archive; run.stop has the reason.
var errStop = errors.New("a limit was reached")

// A ratioError says that something unpacks to suspiciously much.
type ratioError struct{ max int }

func (e ratioError) Error() string {
	return fmt.Sprintf("stopped at %d times its packed size, as in a decompression bomb; raise --archive-ratio to read on", e.max)
}

// A ratio compares what was unpacked with what it was unpacked from.
type ratio struct {
	in  func() int64 // packed bytes so far, or altogether
	out int64        // unpacked bytes so far
}

func (r *ratio) exceeds(limit int) bool {
	return r.out > ratioFrom && r.out/int64(limit) > max(r.in(), 1)
}

// A meter counts what is read through it and ends it at the limits.
type meter struct {
	r      io.Reader
	run    *run
	total  *int64 // of the run, for MaxBytes
	ratios []*ratio
	over   error // once the ratio was exceeded
}

func (m *meter) Read(p []byte) (int, error) {
	if err := m.run.ctx.Err(); err != nil {
		return 0, err
	}
	if m.run.stop != "" {
		return 0, errStop
	}
	if m.over != nil {
		return 0, m.over
	}
	n, err := m.r.Read(p)
	*m.total += int64(n)
	for _, r := range m.ratios {
		r.out += int64(n)
	}
	if limit := m.run.opts.MaxBytes; *m.total > limit {
		m.run.stop = fmt.Sprintf("stopped at %s of unpacked content; raise --archive-max-bytes to read on", size(limit))
		return n, errStop
	}
	for _, r := range m.ratios {
		if r.exceeds(m.run.opts.MaxRatio) {
			m.over = ratioError{m.run.opts.MaxRatio}
			return n, m.over
		}
	}
	return n, err
}

// A counter counts what is read through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// count counts a member and reports whether it may be read.
func (r *run) count() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if r.members++; r.members > r.opts.MaxMembers {
		r.stop = fmt.Sprintf("stopped at %d members; raise --archive-members to read on", r.opts.MaxMembers)
		return errStop
	}
	return nil
}

// size formats a number of bytes for people.
func size(n int64) string {
	for _, u := range []struct {
		unit string
		n    int64
	}{{"GiB", 1 << 30}, {"MiB", mib}, {"KiB", 1 << 10}} {
		if n >= u.n && n%u.n == 0 {
			return fmt.Sprintf("%d %s", n/u.n, u.unit)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
