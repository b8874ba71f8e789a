// Package archive looks into archives: it wraps a [scanner.Source] and passes
// the members of each archive on in its place, as blobs with paths such as
// dist.zip!/config/app.yml.
//
// It reads zip and what is made of it (jar, war, ear, apk, whl, nupkg, docx,
// odt ...), tar, and gzip, bzip2, xz and zstd streams, in each other. 7z and
// rar archives are reported as problems, for want of a reader whose memory can
// be bounded.
//
// Archives are hostile input. Their names are labels only, cleaned and never
// used to write a file. How much is unpacked is limited by [Options], while
// it is unpacked and not by what headers promise. What cannot be read, and
// what lies beyond a limit, is a problem, never left out silently; what could
// be read before is scanned all the same.
//
// # Memory
//
// A blob is scanned later than it is found, by another goroutine, while an
// archive can be read only forwards. So the content of a member is stored until
// its blob is closed: in memory up to 4 MiB each and Options.Memory
// altogether, else in a file of mode 0600 in a directory of its own. The file
// goes when the blob is closed; the directory goes with the last file after
// the walk, when the context of the walk ends, or on [Source.Close].
package archive

import (
	"bytes"
	"context"
	"io"

	"github.com/agcloud/keylint/scanner"
)

// Options limit the work on each archive that the wrapped source yields; what
// it contains counts with it. The zero value is the default. Problems name the
// flags --archive-depth, --archive-max-bytes, --archive-members and
// --archive-ratio as the way to raise a limit.
type Options struct {
	// Depth is how deep archives may lie in each other; 1 opens only those
	// that the source yields. A tar and its compression are one level. 0
	// means 3.
	Depth int
	// MaxBytes is the most that is unpacked, in bytes. 0 means 1 GiB.
	MaxBytes int64
	// MaxMembers is the most entries, directories included. 0 means 100,000.
	MaxMembers int
	// MaxRatio is how many times larger than its archive a content may be
	// beyond its first 10 MiB. 0 means 200. Deflate ends at 1,032.
	MaxRatio int
	// Memory is the most content held in memory at once, in bytes. 0 means
	// 64 MiB.
	Memory int64
	// TempDir is where larger content goes; "" means os.TempDir.
	TempDir string
}

const (
	mib = 1 << 20
	// ratioFrom is the size from which on the ratio counts, in bytes.
	ratioFrom = 10 * mib
	// maxBuffered is the largest content that is held in memory, in bytes.
	maxBuffered = 4 * mib
)

// withDefaults returns o with its zero fields filled in.
func (o Options) withDefaults() Options {
	if o.Depth <= 0 {
		o.Depth = 3
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 1 << 30
	}
	if o.MaxMembers <= 0 {
		o.MaxMembers = 100_000
	}
	if o.MaxRatio <= 0 {
		o.MaxRatio = 200
	}
	if o.Memory <= 0 {
		o.Memory = 64 * mib
	}
	return o
}

// A Source yields what another source yields, with archives opened.
type Source struct {
	src   scanner.Source
	opts  Options
	store *store
}

// Wrap returns a source that opens the archives of src.
//
// A blob is looked at when its name is that of an archive, or has no extension
// or a general one such as .bin, and opened by its first bytes, whatever its
// name. A file that only has the name of an archive is passed on as it is.
// Archives are read during the walk, on its goroutine.
func Wrap(src scanner.Source, o Options) *Source {
	o = o.withDefaults()
	return &Source{src: src, opts: o, store: &store{memory: o.Memory, parent: o.TempDir}}
}

// Walk implements [scanner.Source]. It is to be called once.
func (s *Source) Walk(ctx context.Context, v scanner.Visitor) error {
	context.AfterFunc(ctx, s.store.close)
	err := s.src.Walk(ctx, &visitor{Visitor: v, ctx: ctx, src: s})
	if ctx.Err() != nil {
		s.store.close() // at once: the process may be about to end
	}
	s.store.walked()
	return err
}

// Close removes the temporary files that are left. It is needed only when the
// context of the walk does not end and some blobs are never opened or closed.
func (s *Source) Close() { s.store.close() }

// A visitor opens the archives among the blobs on their way to a Visitor.
type visitor struct {
	scanner.Visitor
	ctx context.Context
	src *Source
}

// Blob implements scanner.Visitor.
func (v *visitor) Blob(b scanner.Blob) error {
	if !candidate(b.Path) {
		return v.Visitor.Blob(b)
	}
	rc, err := b.Open()
	if err != nil {
		b.Open = func() (io.ReadCloser, error) { return nil, err }
		return v.Visitor.Blob(b)
	}
	head := make([]byte, sniffLen)
	n, err := io.ReadFull(rc, head)
	head = head[:n]
	k := sniff(b.Path, head)
	if k == none {
		b.Open = func() (io.ReadCloser, error) { return replay(head, err, rc), nil }
		return v.Visitor.Blob(b)
	}
	defer rc.Close()
	r := run{ctx: v.ctx, v: v.Visitor, opts: v.src.opts, store: v.src.store, path: b.Path}
	return r.outer(k, b, replay(head, err, rc), rc)
}

// A joined reads what was read already, then the rest.
type joined struct {
	io.Reader
	io.Closer
}

// replay returns rc from its start. err is what io.ReadFull said after head.
func replay(head []byte, err error, rc io.ReadCloser) io.ReadCloser {
	start := bytes.NewReader(head)
	switch err {
	case nil:
		return joined{io.MultiReader(start, rc), rc}
	case io.EOF, io.ErrUnexpectedEOF:
		return joined{start, rc}
	}
	return joined{io.MultiReader(start, failing{err}), rc}
}

// failing always fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
