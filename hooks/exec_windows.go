package hooks

import "io/fs"

// executable reports whether git runs a file as a hook: on Windows any.
func executable(fs.FileInfo) bool { return true }
