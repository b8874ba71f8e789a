//go:build !linux

package main

import "os"

// maxMemory returns 0: the unit of the figure differs between systems.
func maxMemory(*os.ProcessState) int64 { return 0 }
