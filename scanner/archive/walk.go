package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/agcloud/keylint/scanner"
)

// A run is the work on one archive of the wrapped source, with all that lies
// in it. Its methods return an error only to end it: that of the visitor or
// the context, or errStop. What cannot be read they report and go on.
type run struct {
	ctx   context.Context
	v     scanner.Visitor
	opts  Options
	store *store
	path  string

	members  int
	unpacked int64  // bytes out of decompressors
	read     int64  // bytes out of tar members, whose holes come from nowhere
	stop     string // the limit that was reached
	problems int
}

// outer walks the archive that is blob b. r reads it from the start; raw is
// what it reads from.
func (r *run) outer(k kind, b scanner.Blob, in io.Reader, raw io.Reader) (err error) {
	err = r.safely(func() error {
		if ra, ok := raw.(io.ReaderAt); ok && k == zipped && b.Size >= 0 {
			return r.zip(b.Path, 1, ra, b.Size)
		}
		return r.archive(k, b.Path, 1, in, b.Size)
	})
	if err != nil && !errors.Is(err, errStop) {
		return err
	}
	if more := r.problems - maxProblems; more > 0 {
		if err := r.v.Problem(scanner.Problem{Path: r.path, Reason: fmt.Sprintf("%d more problems in this archive", more)}); err != nil {
			return err
		}
	}
	if r.stop != "" {
		return r.v.Problem(scanner.Problem{Path: r.path, Reason: r.stop})
	}
	return nil
}

// safely turns a panic of a decoder into a problem. Its value is not shown, as
// it could hold bytes of the file.
func (r *run) safely(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = r.problem(r.path, fmt.Sprintf("internal error while unpacking (%T): please report it", v))
		}
	}()
	return f()
}

// archive walks an archive at the given depth; the outer one is at 1. hint is
// its size, or -1.
func (r *run) archive(k kind, path string, depth int, in io.Reader, hint int64) error {
	if depth > r.opts.Depth {
		return r.problem(path, fmt.Sprintf("not opened: archives lie more than %d deep in each other; raise --archive-depth to open it", r.opts.Depth))
	}
	switch k {
	case zipped:
		return r.storedZip(path, depth, in, hint)
	case tarred:
		return r.tar(path, depth, in)
	case sevenZip, rar:
		return r.problem(path, fmt.Sprintf("not opened: %s archives cannot be read; unpack it and scan the directory", k))
	}
	return r.compressed(k, path, depth, in)
}

// member takes the content of a member: an archive is walked, anything else is
// passed on. path is that of the member.
func (r *run) member(path string, depth int, in io.Reader, hint int64) error {
	br := bufio.NewReaderSize(in, sniffLen)
	head, _ := br.Peek(sniffLen) // what is wrong comes again when it is read
	if k := sniff(path, head); k != none {
		return r.archive(k, path, depth+1, br, hint)
	}
	c, readErr, err := r.store.put(br, hint)
	if err != nil {
		return r.noRoom(path, err)
	}
	if readErr != nil && c.size == 0 {
		c.drop()
		return r.failed(path, readErr)
	}
	if err := r.ctx.Err(); err != nil {
		c.drop()
		return err
	}
	if err := r.v.Blob(scanner.Blob{Path: path, Source: "archive", Size: c.size, Open: c.open}); err != nil {
		c.drop()
		return err
	}
	if readErr != nil {
		return r.failed(path, readErr)
	}
	return nil
}

// failed reports that path could not be read, or not to its end. It returns an
// error if the whole run is to end.
func (r *run) failed(path string, err error) error {
	if ctxErr := r.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	if r.stop != "" {
		return errStop
	}
	var ratio ratioError
	if errors.As(err, &ratio) {
		return r.problem(path, ratio.Error())
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return r.problem(path, "not read to its end: the archive is cut off or damaged")
	}
	return r.problem(path, "not read to its end: "+err.Error())
}

// maxProblems is how many problems of one archive are told one by one: a
// damaged one can have as many as members.
const maxProblems = 20

// noRoom reports that the content of path could not be stored.
func (r *run) noRoom(path string, err error) error {
	if ctxErr := r.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err // the name of a temporary file says nothing
	}
	return r.problem(path, "not read: no room for temporary files: "+err.Error()+"; set TMPDIR to a directory with room")
}

// problem reports a problem, unless there were too many.
func (r *run) problem(path, reason string) error {
	if r.problems++; r.problems > maxProblems {
		return nil
	}
	return r.v.Problem(scanner.Problem{Path: path, Reason: reason})
}

// compressed walks what a compressed stream holds: a tar, whose members are
// those of the file, or something else, which is its one member.
func (r *run) compressed(k kind, name string, depth int, in io.Reader) error {
	packed := &counter{r: in}
	d, closeDecoder, err := decompressor(k, packed)
	if err != nil {
		return r.failed(name, err)
	}
	defer closeDecoder()
	m := &meter{r: d, run: r, total: &r.unpacked, ratios: []*ratio{{in: func() int64 { return packed.n }}}}
	br := bufio.NewReaderSize(m, sniffLen)
	if head, _ := br.Peek(sniffLen); isTar(head) {
		return r.tar(name, depth, br)
	}
	if err := r.count(); err != nil {
		return err
	}
	return r.member(join(name, unpackedName(path.Base(name))), depth, br, -1)
}
