package scanner

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner/internal/delta"
)

// TestChangeIsWhole scans texts as changes of others, over many generations,
// and whole: both must see the same.
func TestChangeIsWhole(t *testing.T) {
	s := newTextScanner(t)
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		data := someText(rng, 40)
		state := s.Scan(data, nil, nil)
		for range rapid.IntRange(1, 6).Draw(t, "generations") {
			next, runs := mutate(rng, data)
			changed := s.Scan(next, runs, state)
			whole := s.Scan(next, nil, nil)
			if !slices.Equal(changed.hits, whole.hits) {
				t.Fatalf("hits differ: %d as a change, %d whole\n%q", len(changed.hits), len(whole.hits), next)
			}
			a, b := sightings(s, changed, next), sightings(s, whole, next)
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("as a change:\n%v\nwhole:\n%v\n%q", a, b, next)
			}
			data, state = next, changed
		}
	})
}

func newTextScanner(t testing.TB) *TextScanner {
	t.Helper()
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return NewTextScanner(Options{Rules: set})
}

// sightings describes what was found in data.
func sightings(s *TextScanner, t *Scanned, data []byte) []string {
	e := s.Evidence(t, data)
	if e == nil {
		return nil
	}
	keys, _ := e.at(s.blob.matcher, "app.py")
	var out []string
	for _, k := range keys {
		out = append(out, fmt.Sprint(k.Rule.ID, k.Span, k.Location, k.Allowed, k.Secret.Hash(), k.Name, k.Encodings))
	}
	return out
}

// someText returns n lines, some of which hold keys, keywords, directives and
// encodings.
func someText(rng *rand.Rand, n int) []byte {
	var b bytes.Buffer
	for range n {
		b.Write(someLine(rng))
	}
	return b.Bytes()
}

func someLine(rng *rand.Rand) []byte {
	key := fakekey.Gateway(rng.Uint64())
	lines := []string{
		"plain words of no meaning\n", "url = https://aiandgpu.com/v1\n", "token: " + key + "\n",
		"AGCLOUD_API_KEY=" + key + " # keylint:allow all -- a test\n", "api_key = \"" + key + "\"\n",
		"Authorization: Bearer " + key + "\n", "secret\n", "db_password = '" + fakekey.Alnum(rng.Uint64(), 14) + "'\n", "if (c->password && !max_token)\n",
		"postgres://joe:" + fakekey.Alnum(rng.Uint64(), 14) + "@db.internal/x\n", "http://localhost:8080/\n", "client_secret:\n  ", "password = os.getenv('X')\n", "\n", "client(\n",
		"agcloud_key = '" + key[:10] + "' +\n  '" + key[10:] + "'\n",
	}
	return []byte(lines[rng.IntN(len(lines))])
}

// mutate returns a text made of runs of data and new lines, cut anywhere.
func mutate(rng *rand.Rand, data []byte) ([]byte, []delta.Run) {
	var out []byte
	var runs []delta.Run
	add := func(b []byte, from int) {
		if len(b) > 0 {
			runs = append(runs, delta.Run{Start: len(out), End: len(out) + len(b), Base: from})
			out = append(out, b...)
		}
	}
	at := 0
	for range 1 + rng.IntN(4) {
		if at >= len(data) {
			break
		}
		end := at + 1 + rng.IntN(len(data)-at)
		add(data[at:end], at)
		if line := someLine(rng); rng.IntN(2) == 0 {
			add(line[rng.IntN(len(line)):], delta.Inserted)
		}
		at = min(len(data), end+rng.IntN(60))
		if rng.IntN(5) == 0 {
			at = rng.IntN(len(data)) // runs may be copied twice and in any order
		}
	}
	return out, runs
}
