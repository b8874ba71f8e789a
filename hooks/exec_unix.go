//go:build !windows

package hooks

import "io/fs"

// executable reports whether git runs a file as a hook.
func executable(info fs.FileInfo) bool { return info.Mode()&0o111 != 0 }
