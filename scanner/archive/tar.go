package archive

import (
	"archive/tar"
	"errors"
	"io"
)

// tar walks a tar archive. A damaged header ends it: nothing says where the
// next one is.
func (r *run) tar(path string, depth int, in io.Reader) error {
	tr := tar.NewReader(in)
	for {
		h, err := tr.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !(errors.Is(err, tar.ErrInsecurePath) && h != nil) { // names are labels here
			return r.failed(path, err)
		}
		if err := r.count(); err != nil {
			return err
		}
		if err := r.tarMember(join(path, h.Name), depth, h, tr); err != nil {
			return err
		}
	}
}

func (r *run) tarMember(path string, depth int, h *tar.Header, tr *tar.Reader) error {
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
		return r.member(path, depth, &meter{r: tr, run: r, total: &r.read}, h.Size)
	case tar.TypeSymlink, tar.TypeLink:
		return r.v.Skip(path, "symlink") // a hard link's content is a member of its own
	case tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
		return r.v.Skip(path, "special")
	}
	return nil // a directory, or a header for other members
}
