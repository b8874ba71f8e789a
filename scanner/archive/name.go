package archive

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest name of a member that is kept whole, in bytes.
const maxName = 1024

// clean makes a label of the name of a member: relative, with forward slashes,
// valid UTF-8 without control characters, and not too long. Two names can have
// one label.
func clean(name string) string {
	if len(name) > 4*maxName {
		name = name[len(name)-4*maxName:] // the end tells more than the start
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '\\':
			return '/'
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029':
			return '_'
		}
		return r
	}, name)
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		return "unnamed"
	}
	if len(name) > maxName {
		name = "…" + strings.ToValidUTF8(name[len(name)-maxName:], "")
	}
	return name
}

// join returns the path of a member of the archive at outer.
func join(outer, name string) string { return outer + "!/" + clean(name) }

// unpackedName returns the name of what a compressed file holds.
func unpackedName(name string) string {
	base := path.Base(name)
	switch ext := path.Ext(base); strings.ToLower(ext) {
	case ".gz", ".bz2", ".xz", ".zst", ".zstd":
		if stem := base[:len(base)-len(ext)]; stem != "" && stem != "." {
			return stem
		}
	case ".tgz", ".taz", ".tbz", ".tbz2", ".txz", ".tzst":
		return base[:len(base)-len(ext)] + ".tar"
	case ".svgz":
		return base[:len(base)-1]
	}
	return base + ".unpacked"
}
