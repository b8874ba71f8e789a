package cli

import (
	"os"
	"path/filepath"
	"strings"
)

// displayPath returns path as a report shows it: relative to the current
// directory where it lies below it, or as it is.
func displayPath(path string) string {
	if rel, ok := relative(path); ok {
		return rel
	}
	return path
}

// relative returns path relative to the current directory, and whether that
// takes at most three steps up.
func relative(path string) (string, bool) {
	wd, err := os.Getwd()
	if err != nil {
		return "", false
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	rel, err := filepath.Rel(wd, abs)
	if err != nil || strings.Count(filepath.ToSlash(rel), "../") > 3 {
		return "", false
	}
	return rel, true
}

// baseOf returns what stands before the paths of text: the way from the current
// directory to root, "" when they are the same.
func baseOf(root string) string {
	base := filepath.ToSlash(displayPath(root))
	if base == "." {
		return ""
	}
	return base
}

// belowOf returns the current directory relative to root, "" when it does not
// lie below it.
func belowOf(root string) string {
	wd, err := os.Getwd()
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(wd); err == nil {
		wd = real
	}
	rel, err := filepath.Rel(root, wd)
	if err != nil || rel == "." || strings.HasPrefix(rel, "..") {
		return ""
	}
	return filepath.ToSlash(rel)
}

// scopeOf returns paths relative to root, nil when one of them is root itself.
func scopeOf(root string, paths []string) []string {
	var out []string
	for _, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			continue
		}
		if real, err := filepath.EvalSymlinks(abs); err == nil {
			abs = real
		}
		rel, err := filepath.Rel(root, abs)
		if err == nil && rel == "." {
			return nil
		}
		if err == nil && filepath.IsLocal(rel) {
			out = append(out, filepath.ToSlash(rel))
		}
	}
	return out
}
