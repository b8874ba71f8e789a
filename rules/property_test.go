package rules_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
)

// TestBuiltinExamples tries every built-in rule on its own examples, alone and
// in the company of all other rules.
func TestBuiltinExamples(t *testing.T) {
	set := builtinSet(t)
	m := set.Matcher()
	for _, r := range set.Rules() {
		if err := r.TestExamples(); err != nil {
			t.Errorf("%s: %v", r.ID, err)
			continue
		}
		for i, template := range r.Examples {
			text, err := r.ExpandSigned(template, 42)
			if err != nil {
				t.Fatalf("%s: example %d: %v", r.ID, i+1, err)
			}
			got := m.Match([]byte(text))
			if !slices.ContainsFunc(got, func(x rules.Match) bool { return x.Rule == r }) && !supersededBy(got, r) {
				t.Errorf("%s: example %d is not reported in the whole set: %s", r.ID, i+1, describe(got, text))
			}
		}
	}
}

// supersededBy reports whether a match is by a rule that goes before r.
func supersededBy(got []rules.Match, r *rules.Rule) bool {
	return slices.ContainsFunc(got, func(x rules.Match) bool { return x.Rule.Priority > r.Priority })
}

// genText draws text that is full of keywords, keys and syntax.
func genText(t *rapid.T) []byte {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	pieces := []string{
		"AGCLOUD_API_KEY", "agcloud", "=", ": ", "\"", "'", "\\\"", "\n", "  ", "Bearer ", "Authorization", "aiandgpu.com", "https://", "?api_key=", "@", "api_key",
		"ghp_", "AKIA", "sk-", "sk-ant-api03-", "-----BEGIN ", "PRIVATE KEY-----", "eyJ", "value", "name", "password", "client_secret", "token: ", "DB_PASS=", "://", "user:", "@host", "curl -u a:", "{", "}", "(", ")", ",", "%3D", "\\u0041", "&quot;", "\" + \"", "QUdDTE9VRA", "6167636c6f7564", "é", "\xff",
	}
	var b strings.Builder
	for range rapid.IntRange(0, 120).Draw(t, "pieces") {
		switch rng.IntN(6) {
		case 0:
			b.WriteString(fakekey.Gateway(rng.Uint64()))
		case 1:
			b.WriteString(fakekey.Alnum(rng.Uint64(), 1+rng.IntN(60)))
		default:
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
	}
	return []byte(b.String())
}

// TestPrefilterDoesNotMatter compares the hits of the prefilter with those of
// a search at every position.
func TestPrefilterDoesNotMatter(t *testing.T) {
	m := builtinSet(t).Matcher()
	rapid.Check(t, func(t *rapid.T) {
		text := genText(t)
		text = text[:min(len(text), 150)]
		hits := m.Contiguous(m.Hits(nil, text, 0, len(text)))
		if want := m.NaiveHits(text); !slices.Equal(want, hits) {
			t.Fatalf("%q: %d hits, a search at every position has %d", text, len(hits), len(want))
		}
	})
}

// shown lists candidates with their places moved by offset.
func shown(cands []rules.Candidate, offset int) []string {
	var out []string
	for _, c := range cands {
		out = append(out, fmt.Sprint(c.Rule.ID, c.Span.Start+offset, c.Span.End+offset, c.Secret.Reveal(), c.Encodings, c.Name))
	}
	slices.Sort(out)
	return out
}

// byWindow lists the candidates of hits, each from the bytes of its window alone.
func byWindow(t *rapid.T, set *rules.Set, text []byte, hits []rules.Hit) []string {
	m := set.Matcher()
	var list []string
	for _, h := range hits {
		w := m.Window(h)
		lo, hi := max(0, w.Start), min(len(text), w.End)
		if w.End-w.Start > set.Footprint() {
			t.Fatalf("a window of %d bytes is wider than the footprint, %d", w.End-w.Start, set.Footprint())
		}
		moved := h
		moved.Pos, moved.End = h.Pos-lo, h.End-lo
		list = append(list, shown(m.Candidates(nil, text[lo:hi], []rules.Hit{moved}, rules.AnyContext), lo)...)
	}
	slices.Sort(list)
	return list
}

// TestMatchesAreLocal holds the matcher to its contract: what a hit leads to is
// decided by the bytes in its window, so any split into regions gives the same.
func TestMatchesAreLocal(t *testing.T) {
	set := builtinSet(t, rules.KnownKey{Secret: rules.NewSecret([]byte(fakekey.Alnum(77, 40))), Origin: ".env"})
	m := set.Matcher()
	rapid.Check(t, func(t *rapid.T) {
		text := genText(t)
		hits := m.Hits(nil, text, 0, len(text))
		whole := shown(m.Candidates(nil, text, hits, rules.AnyContext), 0)

		if diff := cmp.Diff(whole, byWindow(t, set, text, hits)); diff != "" {
			t.Fatalf("%q: whole and window by window differ:\n%s", text, diff)
		}

		var byRegion []rules.Hit
		for lo := 0; lo < len(text); {
			hi := min(len(text), lo+rapid.IntRange(1, 200).Draw(t, "region"))
			byRegion = append(byRegion, m.Hits(nil, text, lo, hi)...)
			lo = hi
		}
		if !slices.Equal(rules.SortHits(slices.Clone(hits)), rules.SortHits(byRegion)) {
			t.Fatalf("%q: hits differ when regions are searched one by one", text)
		}
	})
}

// TestNarrowWindows changes what lies outside of the window of each hit in its
// text: that never makes something of a hit, or of one that led somewhere
// something else.
func TestNarrowWindows(t *testing.T) {
	set := builtinSet(t)
	m := set.Matcher()
	narrow := 0
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		text := genText(t)
		for _, h := range m.Hits(nil, text, 0, len(text)) {
			w := m.WindowIn(text, h)
			if w == m.Window(h) {
				continue
			}
			narrow++
			other := slices.Clone(text)
			for i := range other {
				if i < w.Start || i >= w.End {
					other[i] = "=\"' :@a_K8/\n"[rng.IntN(12)]
				}
			}
			for _, x := range [][]byte{text, other} {
				if got := m.Candidates(nil, x, []rules.Hit{h}, rules.AnyContext); len(got) > 0 {
					t.Fatalf("%q: the window of %q ends at %v, and yet it leads to %v", x, x[h.Pos:h.End], w, shown(got, 0))
				}
			}
		}
	})
	if narrow < 100 {
		t.Errorf("only %d hits had a narrow window: the test tries nothing", narrow)
	}
}

// TestWindowsMissNothing compares with the plain slow path: each regex run over
// the whole text. What it finds has to be found, or a part of it by a match
// that overlaps.
func TestWindowsMissNothing(t *testing.T) {
	set := builtinSet(t)
	m := set.Matcher()
	rng := rand.New(rand.NewPCG(1, 1))
	compared := 0
	for _, r := range set.Rules() {
		re := r.Compiled()
		if re == nil {
			continue
		}
		group := re.SubexpIndex("secret")
		if group < 0 {
			continue // the key is that of a companion
		}
		for seed := range uint64(20) {
			text, err := r.ExpandSigned(r.Examples[int(seed)%len(r.Examples)], seed)
			if err != nil {
				t.Fatal(err)
			}
			text = strings.Repeat("lorem ipsum\n", rng.IntN(40)) + text + strings.Repeat("\ndolor sit", rng.IntN(40))
			hits := m.Hits(nil, []byte(text), 0, len(text))
			cands := m.Candidates(nil, []byte(text), hits, rules.AnyContext)
			for _, loc := range re.FindAllStringSubmatchIndex(text, -1) {
				i, j := loc[2*group], loc[2*group+1]
				if i < 0 || r.RejectKey([]byte(text[i:j])) != "" {
					continue
				}
				compared++
				if !slices.ContainsFunc(cands, func(c rules.Candidate) bool { return c.Rule == r && c.Span.Start < j && i < c.Span.End }) {
					t.Errorf("%s: the regex finds %d:%d in the whole text, the matcher does not", r.ID, i, j)
				}
			}
		}
	}
	if compared < 10*len(set.Rules()) {
		t.Errorf("only %d comparisons for %d rules", compared, len(set.Rules()))
	}
}

func FuzzMatch(f *testing.F) {
	for seed := range uint64(8) {
		f.Add([]byte("AGCLOUD_API_KEY=" + fakekey.Gateway(seed) + "\nAuthorization: Bearer " + fakekey.Alnum(seed, 40) + " aiandgpu.com"))
	}
	f.Add([]byte("agcloud\\u003d\"a\" + \"b&quot;%41"))
	set := builtinSet(f)
	m := set.Matcher()
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, x := range m.Match(text) {
			if x.Span.Start < 0 || x.Span.Start >= x.Span.End || x.Span.End > len(text) {
				t.Errorf("a match at %v in %d bytes", x.Span, len(text))
			}
		}
	})
}

// TestUserRules checks that errors of rule files name file, line and field.
func TestUserRules(t *testing.T) {
	good := "[[rule]]\nid = \"acme-key\"\ntitle = \"Acme key\"\ndescription = \"x\"\nseverity = \"high\"\nconfidence = \"high\"\nkeywords = [\"acme_\"]\nregex = '''(?P<secret>acme_[a-z0-9]{20})'''\nexamples = [\"acme_%{[a-z0-9]20}\"]\ncounter_examples = [\"acme_short\"]\n"
	if _, err := rules.Parse("good.toml", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"title", "titel", "bad.toml:3:1: unknown key rule.titel"},
		{"severity = \"high\"", "severity = \"huge\"", "bad.toml:5"},
		{"{20})", "{20,})", "bad.toml:8: rule \"acme-key\": regex: "},
		{"{20})", "{20}))", "bad.toml:8: rule \"acme-key\": regex: error parsing regexp"},
		{"(?P<secret>", "(", "bad.toml:8: rule \"acme-key\": regex: has no group named secret"},
		{"examples = [\"acme_%{[a-z0-9]20}\"]\n", "", "bad.toml:1: rule \"acme-key\": examples: are missing"},
		{"keywords = [\"acme_\"]", "keywords = [\"a\"]", "bad.toml:7: rule \"acme-key\": keywords: \"a\" is shorter than 3 bytes"},
		{"id = \"acme-key\"", "id = 7", "bad.toml:2"},
		{"[[rule]]", "[[rules]]", "unknown key"},
	} {
		_, err := rules.Parse("bad.toml", []byte(strings.Replace(good, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s → %s: error %v, want %q in it", c.old, c.new, err, c.want)
		}
	}
}

// TestSecretsDoNotPrint tries every way to print a Secret.
func TestSecretsDoNotPrint(t *testing.T) {
	key := fakekey.Gateway(11)
	type holder struct {
		Public  rules.Secret
		private rules.Secret
	}
	s := rules.NewSecret([]byte(key))
	h := holder{s, s}
	var out strings.Builder
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %[1]v"} {
		for _, v := range []any{s, &s, h, &h, []rules.Secret{s}, map[string]rules.Secret{"k": s}, rules.Match{Secret: s}} {
			fmt.Fprintf(&out, format, v)
		}
	}
	out.WriteString(marshalAll(t, s, h))
	for _, part := range []string{key, key[3:], key[10:30], fmt.Sprintf("%x", key[10:30])} {
		if strings.Contains(strings.ToLower(out.String()), strings.ToLower(part)) {
			t.Fatalf("a Secret printed itself: …%s…", part[:4])
		}
	}
	_ = h.private
}
