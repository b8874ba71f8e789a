package archive

import (
	"archive/tar"
	"bytes"
	"path"
	"slices"
	"strings"
)

// A kind is a format of archives or compression.
type kind int

const (
	none kind = iota
	zipped
	tarred
	gzipped
	bzipped
	xzipped
	zstandard
	sevenZip
	rar
)

func (k kind) String() string {
	return [...]string{"none", "zip", "tar", "gzip", "bzip2", "xz", "zstd", "7z", "rar"}[k]
}

// sniffLen is the length of a tar header, the longest start that is looked at.
const sniffLen = 512

// candidate reports whether a file of this name may be an archive. The others
// are not opened during the walk.
func candidate(name string) bool {
	ext := extension(name)
	return ext == "" || slices.Contains(zipExtensions(), ext) || slices.Contains([]string{
		"tar", "gz", "tgz", "taz", "bz2", "tbz", "tbz2", "xz", "txz", "zst", "zstd", "tzst", "7z", "rar", "gem", "crate", "svgz", "unitypackage",
		"bin", "dat", "data", "bak", "backup", "old", "orig", "img", "pkg", "dump", "archive", "bundle",
	}, ext)
}

// zipExtensions lists names of files that are zip archives.
func zipExtensions() []string {
	return []string{
		"zip", "jar", "war", "ear", "aar", "apk", "apks", "xapk", "aab", "ipa", "whl", "egg", "pyz", "nupkg", "snupkg", "vsix", "xpi", "crx", "jmod",
		"docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "pptx", "pptm", "potx", "odt", "ods", "odp", "odg", "ott", "epub", "kmz", "sketch", "cbz", "zipx", "msix", "appx",
	}
}

// extension returns the extension of name in lower case, without the dot. A
// name that only begins with a dot has none.
func extension(name string) string {
	base := path.Base(name)
	ext := path.Ext(base)
	if ext == base {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(ext, "."))
}

// sniff returns the kind of a file by its first bytes; name decides only what
// they leave open. The signatures are those of the formats' definitions:
// PKWARE APPNOTE 4.3, RFC 1952, RFC 8878, the .xz file format 1.2, bzip2's
// "BZh", POSIX.1-1988 ustar, 7zFormat.txt and RAR 5.0.
func sniff(name string, head []byte) kind {
	for _, m := range []struct {
		magic string
		kind  kind
	}{
		{"PK\x03\x04", zipped}, {"PK\x05\x06", zipped}, {"PK\x07\x08PK", zipped}, {"PK00PK\x03\x04", zipped},
		{"\x1f\x8b\x08", gzipped}, {"\xfd7zXZ\x00", xzipped}, {"\x28\xb5\x2f\xfd", zstandard},
		{"7z\xbc\xaf\x27\x1c", sevenZip}, {"Rar!\x1a\x07", rar},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.kind
		}
	}
	switch {
	case len(head) >= 10 && string(head[:3]) == "BZh" && (string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17rE8P\x90"):
		return bzipped
	case isTar(head):
		return tarred
	case slices.Contains(zipExtensions(), extension(name)) && (bytes.HasPrefix(head, []byte("#!")) || bytes.HasPrefix(head, []byte("Cr24"))):
		return zipped // with a launcher or a signature in front
	}
	return none
}

// isTar reports whether head is the header of a tar member. Those from before
// POSIX have no signature, but a checksum, which archive/tar looks at.
func isTar(head []byte) bool {
	if len(head) < sniffLen || bytes.IndexByte(head, 0) < 0 {
		return false
	}
	if bytes.Equal(head[257:262], []byte("ustar")) {
		return true
	}
	if bytes.Count(head, []byte{0}) == len(head) {
		return false // zeros end a tar; a file of zeros is none
	}
	_, err := tar.NewReader(bytes.NewReader(head)).Next()
	return err == nil
}
