package hygiene

import (
	"bytes"
	"context"
	"io"
	"sync"

	"github.com/agcloud/keylint/scanner"
)

// A Watch is a source that notes what passes through it: the files there are,
// and those in which one of some texts stands. So a tree is listed and read
// once, for keys and for checks.
type Watch struct {
	src   scanner.Source
	texts [][]byte
	width int // of the longest text

	files []string

	mu   sync.Mutex // guards what follows
	seen []string
}

// NewWatch returns a Watch on src for texts, which are compared bytewise.
func NewWatch(src scanner.Source, texts []string) *Watch {
	w := &Watch{src: src}
	for _, t := range texts {
		if t != "" {
			w.texts = append(w.texts, []byte(t))
			w.width = max(w.width, len(t))
		}
	}
	return w
}

// Files returns the paths of the blobs, in their order. It must not be called
// before the walk has ended.
func (w *Watch) Files() []string { return w.files }

// Seen returns the paths of the blobs that hold one of the texts, sorted. It
// must not be called before all blobs were read.
func (w *Watch) Seen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return sorted(w.seen)
}

// Walk implements [scanner.Source].
func (w *Watch) Walk(ctx context.Context, v scanner.Visitor) error {
	w.files = nil // of an earlier walk
	return w.src.Walk(ctx, watchVisitor{v, w})
}

type watchVisitor struct {
	scanner.Visitor
	watch *Watch
}

// Blob implements [scanner.Visitor].
func (v watchVisitor) Blob(b scanner.Blob) error {
	v.watch.files = append(v.watch.files, b.Path)
	if len(v.watch.texts) == 0 {
		return v.Visitor.Blob(b)
	}
	open := b.Open
	b.Open = func() (io.ReadCloser, error) {
		rc, err := open()
		if err != nil {
			return nil, err
		}
		return &watchReader{ReadCloser: rc, watch: v.watch, path: b.Path}, nil
	}
	return v.Visitor.Blob(b)
}

// A watchReader looks for texts in what is read through it.
type watchReader struct {
	io.ReadCloser
	watch *Watch
	path  string
	tail  []byte // the last bytes before those that come, to see a text across the seam
	found bool
}

// Read implements io.Reader.
func (r *watchReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if r.found || n == 0 {
		return n, err
	}
	keep := r.watch.width - 1
	seam := append(r.tail, p[:min(n, keep)]...)
	for _, t := range r.watch.texts {
		if bytes.Contains(p[:n], t) || bytes.Contains(seam, t) {
			r.found = true
			r.watch.mu.Lock()
			r.watch.seen = append(r.watch.seen, r.path)
			r.watch.mu.Unlock()
			return n, err
		}
	}
	if n >= keep {
		seam = p[n-keep : n]
	}
	r.tail = append(r.tail[:0], seam[max(0, len(seam)-keep):]...)
	return n, err
}
