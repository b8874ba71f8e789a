package archive

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
)

// A store keeps content between the walk and the scan of its blob, in memory
// or in temporary files. It is safe for concurrent use.
type store struct {
	memory int64  // most bytes in memory
	parent string // of dir

	mu    sync.Mutex // guards what follows
	used  int64      // of memory
	dir   string     // of the files; "" before there is one
	files int        // that are not removed yet
	done  bool       // the walk is over: there will be no more files
	gone  bool       // closed: nothing is stored any more
}

// errClosed is what blobs say whose content was removed.
var errClosed = errors.New("its unpacked content was removed: the scan was interrupted")

// A content is something stored, until it is dropped.
type content struct {
	once sync.Once // guards dropping
	s    *store
	data []byte // when in memory
	file string // when not
	size int64
}

// maxHint is the most that is allocated on the word of a header, in bytes.
const maxHint = 64 << 10

// put stores what r yields. It returns what there was before an error, too;
// readErr is the reader's and err the store's own. hint is the expected size,
// which may be wrong, or -1.
func (s *store) put(r io.Reader, hint int64) (c *content, readErr, err error) {
	var buf bytes.Buffer
	if hint > 0 {
		buf.Grow(int(min(hint, maxHint)) + bytes.MinRead)
	}
	n, readErr := io.CopyN(&buf, r, maxBuffered+1)
	if readErr == io.EOF {
		readErr = nil
	}
	if n <= maxBuffered && s.reserve(n) {
		data := buf.Bytes()
		if cap(data) > len(data)+len(data)/4+4096 {
			data = bytes.Clone(data) // the hint was wrong; only what is counted may stay
		}
		return &content{s: s, data: data, size: n}, readErr, nil
	}
	f, err := s.create()
	if err != nil {
		return nil, readErr, err
	}
	c = &content{s: s, file: f.Name(), size: n}
	if _, err = f.Write(buf.Bytes()); err == nil && readErr == nil && n > maxBuffered {
		w := writer{w: f}
		n, readErr = io.Copy(&w, struct{ io.Reader }{r}) // not by WriteTo of a bufio.Reader, in small pieces
		c.size, err = c.size+n, w.err
		if err != nil {
			readErr = nil
		}
	}
	if err = errors.Join(err, f.Close()); err != nil {
		c.drop()
		return nil, readErr, err
	}
	return c, readErr, nil
}

// A writer remembers its error, to tell it from the reader's.
type writer struct {
	w   io.Writer
	err error
}

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	w.err = err
	return n, err
}

// reserve takes n bytes of memory if they are free.
func (s *store) reserve(n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone || s.used+n > s.memory {
		return false
	}
	s.used += n
	return true
}

// create makes a file, and the directory for the first one.
func (s *store) create() (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return nil, errClosed
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp(s.parent, "keylint-*") // of mode 0700
		if err != nil {
			return nil, err
		}
		s.dir = dir
	}
	f, err := os.CreateTemp(s.dir, "member-*") // of mode 0600
	if err == nil {
		s.files++
	}
	return f, err
}

// walked says that there will be no more content.
func (s *store) walked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = true
	s.tidy()
}

// tidy removes the directory when it is needed no more. s.mu is held.
func (s *store) tidy() {
	if s.dir != "" && (s.gone || s.done && s.files == 0) {
		os.RemoveAll(s.dir) // on Windows open files stay, until they are closed
	}
}

// close removes all files; blobs that are not open yet cannot be read any more.
func (s *store) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
	s.tidy()
}

// open returns the content. Closing it removes it.
func (c *content) open() (io.ReadCloser, error) {
	if c.file == "" {
		return &opened{Reader: bytes.NewReader(c.data), content: c}, nil
	}
	f, err := os.Open(c.file)
	if err != nil {
		c.drop()
		if errors.Is(err, os.ErrNotExist) {
			err = errClosed
		}
		return nil, err
	}
	return &opened{Reader: f, content: c, file: f}, nil
}

// readerAt returns the content for random access; done removes it.
func (c *content) readerAt() (r io.ReaderAt, done func(), err error) {
	rc, err := c.open()
	if err != nil {
		return nil, nil, err
	}
	return rc.(*opened).Reader.(io.ReaderAt), func() { rc.Close() }, nil
}

// drop removes the content. A second call does nothing.
func (c *content) drop() { c.once.Do(c.remove) }

func (c *content) remove() {
	if c.file != "" {
		os.Remove(c.file) // at worst it goes with its directory
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.file == "" {
		c.s.used -= int64(len(c.data))
		c.data = nil
		return
	}
	c.s.files--
	c.s.tidy()
}

// An opened is a content that is being read. A second Close does nothing.
type opened struct {
	io.Reader
	content *content
	file    *os.File
	once    sync.Once
}

func (o *opened) Close() (err error) {
	o.once.Do(func() {
		if o.file != nil {
			err = o.file.Close()
		}
		o.content.drop()
	})
	return err
}
