package archive

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/klauspost/compress/zstd"
)

// storedZip walks a zip archive that can be read only forwards.
func (r *run) storedZip(path string, depth int, in io.Reader, hint int64) error {
	limit := &meter{r: in, run: r, total: new(int64)} // what is in there may be no larger either
	c, readErr, err := r.store.put(limit, hint)
	if err != nil {
		return r.noRoom(path, err)
	}
	ra, done, err := c.readerAt()
	if err != nil {
		return r.noRoom(path, err)
	}
	defer done()
	if readErr != nil {
		if err := r.failed(path, readErr); err != nil {
			return err
		}
		return r.salvage(path, depth, ra, c.size)
	}
	return r.zip(path, depth, ra, c.size)
}

// zip walks a zip archive of n bytes by its directory, or without one member
// by member.
func (r *run) zip(path string, depth int, ra io.ReaderAt, n int64) error {
	zr, err := zip.NewReader(ra, n)
	if err != nil && !(errors.Is(err, zip.ErrInsecurePath) && zr != nil) { // names are labels here
		if err := r.problem(path, "its directory cannot be read: "+err.Error()+"; scanned are the members found without it"); err != nil {
			return err
		}
		return r.salvage(path, depth, ra, n)
	}
	zr.RegisterDecompressor(zstd.ZipMethodWinZip, zipMethod(zstandard))
	zr.RegisterDecompressor(methodBzip2, zipMethod(bzipped))
	zr.RegisterDecompressor(methodXz, zipMethod(xzipped))
	l := zipLevel{run: r, path: path, depth: depth, whole: &ratio{in: func() int64 { return n }}}
	for _, f := range zr.File {
		if err := l.member(f); err != nil {
			return err
		}
	}
	return l.end()
}

// Methods of compression, from PKWARE APPNOTE 4.4.5.
const (
	methodBzip2 = 12
	methodXz    = 95
)

// zipMethod returns a decompressor for members.
func zipMethod(k kind) zip.Decompressor {
	return func(in io.Reader) io.ReadCloser {
		d, end, err := decompressor(k, in)
		if err != nil {
			return io.NopCloser(failing{err})
		}
		return closing{d, end}
	}
}

// A closing calls end when it is closed.
type closing struct {
	io.Reader
	end func()
}

func (c closing) Close() error { c.end(); return nil }

// A zipLevel is one zip archive that is being walked.
type zipLevel struct {
	*run
	path  string
	depth int
	whole *ratio // all members against the archive: they can overlap
	// Encrypted members make one problem, as often all of an archive are.
	encrypted int
	first     string
}

func (l *zipLevel) member(f *zip.File) error {
	if err := l.count(); err != nil {
		return err
	}
	path := join(l.path, f.Name)
	const encryptedFlag = 1 << 0 // APPNOTE 4.4.4
	switch mode := f.Mode(); {
	case mode.IsDir():
		return nil
	case f.Flags&encryptedFlag != 0:
		if l.encrypted++; l.encrypted == 1 {
			l.first = path
		}
		return nil
	case mode&fs.ModeSymlink != 0:
		return l.v.Skip(path, "symlink")
	case !mode.IsRegular():
		return l.v.Skip(path, "special")
	}
	rc, err := f.Open()
	if err != nil {
		return l.failed(path, err)
	}
	defer rc.Close()
	own := &ratio{in: func() int64 { return int64(min(f.CompressedSize64, 1<<62)) }}
	m := &meter{r: rc, run: l.run, total: &l.unpacked, ratios: []*ratio{own, l.whole}}
	return l.run.member(path, l.depth, m, int64(min(f.UncompressedSize64, 1<<62)))
}

// end reports the encrypted members.
func (l *zipLevel) end() error {
	switch l.encrypted {
	case 0:
		return nil
	case 1:
		return l.problem(l.first, "not read: it is encrypted; unpack it with its password and scan the directory")
	}
	return l.problem(l.path, fmt.Sprintf("%d members are encrypted and were not read; unpack it with its password and scan the directory", l.encrypted))
}
