//go:build unix

package fix

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file the owner of another and, if the system lets us, its
// group. It fails for files of other accounts, unless we are root.
func keepOwner(f *os.File, info fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || f.Chown(int(st.Uid), int(st.Gid)) == nil || int(st.Uid) == os.Geteuid() {
		return nil
	}
	return errors.New("it belongs to another account: run it as that one")
}
