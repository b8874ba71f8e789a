//go:build unix

package regular

import "syscall"

// A handle is an open file descriptor.
type handle struct{ fd int }

// openHandle opens a file without waiting for a FIFO's writer or a device, and
// returns its size.
func openHandle(path string, follow bool) (handle, int64, error) {
	flags := syscall.O_RDONLY | syscall.O_NONBLOCK | syscall.O_NOCTTY | syscall.O_CLOEXEC
	if !follow {
		flags |= syscall.O_NOFOLLOW
	}
	fd, err := retry(func() (int, error) { return syscall.Open(path, flags, 0) })
	switch {
	case !follow && err == syscall.ELOOP: // a symbolic link
		return handle{}, 0, ErrNotRegular
	case err == syscall.ENXIO: // a socket
		return handle{}, 0, ErrNotRegular
	case err != nil:
		return handle{}, 0, err
	}
	var st syscall.Stat_t
	_, err = retry(func() (int, error) { return 0, syscall.Fstat(fd, &st) })
	if err == nil && st.Mode&syscall.S_IFMT != syscall.S_IFREG {
		err = ErrNotRegular
	}
	if err != nil {
		syscall.Close(fd)
		return handle{}, 0, err
	}
	return handle{fd}, st.Size, nil
}

func (h handle) read(p []byte) (int, error) {
	n, err := retry(func() (int, error) { return syscall.Read(h.fd, p) })
	return max(n, 0), err
}

func (h handle) close() error { return syscall.Close(h.fd) }

// retry repeats a system call that a signal has interrupted.
func retry(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != syscall.EINTR {
			return n, err
		}
	}
}
