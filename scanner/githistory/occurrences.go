package githistory

import (
	"cmp"
	"slices"

	"github.com/agcloud/keylint/scanner"
)

// maxOccurrences is the most further places that a finding lists. Where one key
// has many findings, each of which lists the others, there are maxTwins of them
// together, and minOccurrences for each.
const (
	maxOccurrences = 1000
	maxTwins       = 100_000
	minOccurrences = 10
)

// Twins are the keys with one secret, each at another path, in order of the paths.
type twins struct {
	keys   []*key
	places int // in the blobs that brought them in
}

// secret returns what k has in common with its twins.
func (k *key) secret() keyID { return keyID{rule: k.rule, hash: k.hash} }

// twins returns the keys that were introduced, by their secrets.
func (r *reporter) twins() map[keyID]*twins {
	out := map[keyID]*twins{}
	for _, k := range r.keys {
		if len(k.introduced) == 0 {
			continue // beyond the range
		}
		t := out[k.secret()]
		if t == nil {
			t = &twins{}
			out[k.secret()] = t
		}
		t.keys = append(t.keys, k)
		t.places += len(r.sightingsOf(k, r.earliest(k.introduced).blob))
	}
	for _, t := range out {
		slices.SortFunc(t.keys, func(a, b *key) int {
			return cmp.Or(cmp.Compare(r.paths.text(a.path), r.paths.text(b.path)), cmp.Compare(a.path, b.path))
		})
	}
	return out
}

// sightingsOf returns the places of a key in a blob.
func (r *reporter) sightingsOf(k *key, blob handle) []sighting {
	var out []sighting
	for _, s := range r.sightings(place{k.path, blob}) {
		if s.key == k.number {
			out = append(out, s)
		}
	}
	return out
}

// occurrences lists the further places of a key: in the same blob, in other
// blobs at the same path, and at other paths.
func (r *reporter) occurrences(f *scanner.Finding, k *key, intro event) {
	same := r.same[k.secret()]
	most := max(minOccurrences, min(maxOccurrences, maxTwins/len(same.keys)))
	total := same.places - 1 // what f itself is
	add := func(k *key, path string, e event, skip int) {
		for _, s := range r.sightingsOf(k, e.blob)[skip:] {
			if len(f.Occurrences) < most {
				f.Occurrences = append(f.Occurrences, r.occurrence(k, path, e, s.Location))
			}
		}
	}
	add(k, f.Path, intro, 1)
	for _, e := range k.places {
		if e.blob != intro.blob && !k.inName {
			total += len(r.sightingsOf(k, e.blob))
			add(k, f.Path, e, 0)
		}
	}
	for _, twin := range same.keys {
		if len(f.Occurrences) == most {
			break
		}
		if twin != k {
			add(twin, r.shown(twin), r.earliest(twin.introduced), 0)
		}
	}
	f.OccurrencesLeftOut = total - len(f.Occurrences)
}

func (r *reporter) occurrence(k *key, path string, e event, at scanner.Location) scanner.Occurrence {
	o := scanner.Occurrence{Path: path}
	if e.commit != none {
		o.Commit = r.scan.hex(e.commit)
	}
	if k.path >= realPath {
		o.Blob = r.scan.hex(e.blob)
	} else {
		at = inMessage(at, r.scan.headerLines(e.blob))
	}
	o.Line, o.Column = at.Line, at.Column
	return o
}
