package main

import (
	"os"
	"syscall"
)

// maxMemory returns the greatest resident set of a process, in bytes.
func maxMemory(p *os.ProcessState) int64 {
	if u, ok := p.SysUsage().(*syscall.Rusage); ok {
		return u.Maxrss * 1024 // getrusage(2): kilobytes
	}
	return 0
}
