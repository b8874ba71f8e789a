package rules

import (
	"strings"

	"github.com/agcloud/keylint/rules/internal/wordset"
)

// SeverityAt returns the severity of the match when its text is a file at path. In
// tests, samples and documentation a generic secret is of low severity: most of them
// are made up, and nothing in their form tells which.
func (m *Match) SeverityAt(path string) Severity {
	if m.Rule.Class != "" && isSample(path) {
		return min(Low, m.Severity)
	}
	return m.Severity
}

// isSample reports whether the file at path, which has forward slashes, is one of
// tests, samples or documentation by its name or that of a directory.
func isSample(path string) bool {
	path = strings.ToLower(path)
	dir, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, name = path[:i], path[i+1:]
	}
	for part := range strings.SplitSeq(dir, "/") {
		if samples.Has(strings.Trim(part, "_")) || strings.HasSuffix(part, "_test") || strings.HasSuffix(part, "-test") || strings.HasSuffix(part, "-tests") || strings.HasSuffix(part, ".tests") || strings.HasSuffix(part, ".test") {
			return true
		}
	}
	stem, ext, _ := strings.Cut(name, ".")
	return samples.Has(stem) || strings.HasPrefix(name, "test_") || strings.HasSuffix(stem, "_test") || strings.HasSuffix(stem, "test") && len(stem) > 4 || strings.HasSuffix(stem, "tests") || strings.HasSuffix(stem, "_spec") ||
		strings.HasPrefix(ext, "test.") || strings.HasPrefix(ext, "spec.") || strings.HasSuffix(ext, "md") || ext == "rst" || ext == "adoc" ||
		strings.Contains(name, "example") || strings.Contains(name, "sample")
}

// samples are the names of directories of tests, samples and documentation.
var samples = wordset.Of("t test tests testing testdata testcases testutil testutils fixture fixtures mock mocks spec specs e2e integration unit example examples sample samples demo demos " +
	"doc docs documentation tutorial tutorials snippets benchmark benchmarks cypress")
