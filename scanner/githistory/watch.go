package githistory

import (
	"bytes"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A Watch asks for files by name, whatever is in them. For each path of such a
// name that a commit ever had, Scan makes one finding, of when the file came and
// went, as it does for a key.
//
// A file is looked at like a key that all blobs at its path hold, so that
// branches, merges, ranges and references mean the same for both. Names are seen
// while trees are read for keys; only those in new entries are looked at, and
// nothing is read twice but the versions of files that were asked for.
type Watch struct {
	Rule string // of the findings
	// Name reports whether files of this base name are asked for. It is called
	// from several goroutines, for many names, and must not keep them.
	Name func(base []byte) bool
	// Complete fills in what a finding says of a file, or returns false to leave
	// it out. It is called from one goroutine. The versions are what commits put at its path, the first ones up to
	// maxVersions and maxVersion, without those that cannot be read, which are
	// problems of the scan already.
	Complete func(f *scanner.Finding, versions [][]byte) bool
}

// The most versions of a file that are looked at, and the most bytes of one.
const (
	maxVersions = 1000
	maxVersion  = 1 << 20
)

// watches reports whether files of a base name are asked for.
func (w *Watch) watches(base []byte) bool { return w != nil && w.Name(base) }

// watched returns the sighting that stands for the file at a path, if it is
// asked for. Its secret is the path, so that no two files are taken for one.
func (a *attribution) watched(p path) (scanner.Sighting, bool) {
	if a.watch == nil || p < realPath || !a.watch.Name([]byte(a.paths.names.text(a.paths.list[p].name))) {
		return scanner.Sighting{}, false
	}
	rule := &rules.Rule{Def: rules.Def{ID: a.watch.Rule, Category: rules.CategoryHygiene}}
	return scanner.Sighting{Match: rules.Match{Rule: rule, Secret: rules.NewSecret([]byte(a.paths.text(p)))}}, true
}

// isFile reports whether a key stands for a file that was asked for.
func (a *attribution) isFile(k *key) bool { return a.watch != nil && k.rule == a.watch.Rule }

// file completes the finding of a file that was asked for. It returns nil when it is
// to be left out.
func (r *reporter) file(f *scanner.Finding, k *key) *scanner.Finding {
	f.ID, f.Secret = scanner.Fingerprint(f.Rule, f.Path, rules.Secret{}), nil
	if f.Commit == nil {
		return nil // in no commit
	}
	if r.scan.hasRemotes {
		f.Pushed = &r.reach[k.number].pushed
	}
	var versions [][]byte
	for _, e := range k.places[:min(maxVersions, len(k.places))] {
		_, data, err := r.scan.reader.Read(r.objects.id(e.blob))
		if err == nil && len(data) <= maxVersion {
			versions = append(versions, bytes.Clone(data))
		}
	}
	if !r.watch.Complete(f, versions) {
		return nil
	}
	return f
}
