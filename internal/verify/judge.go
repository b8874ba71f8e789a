package verify

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/agcloud/keylint/rules"
)

// judge returns the first of the answers that rep fits, or nil.
func judge(answers []rules.Answer, rep reply) *rules.Answer {
	doc, isJSON := decode(rep.body)
	lower := strings.ToLower(string(rep.body))
	for i := range answers {
		a := &answers[i]
		if slices.Contains(a.Status, rep.status) && (isJSON || a.Plain && len(a.JSON) == 0) && fits(a, doc, lower) {
			return a
		}
	}
	return nil
}

// fits reports whether a body, decoded and in lower case, meets the conditions
// of an answer.
func fits(a *rules.Answer, doc any, lower string) bool {
	for path, want := range a.JSON {
		if !matches(lookup(doc, path), want) {
			return false
		}
	}
	has := func(text string) bool { return strings.Contains(lower, strings.ToLower(text)) }
	return (len(a.Text) == 0 || slices.ContainsFunc(a.Text, has)) && !slices.ContainsFunc(a.Unless, has)
}

// decode decodes a body that is one JSON value.
func decode(body []byte) (doc any, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil {
		return nil, false
	}
	_, err := dec.Token()
	return doc, err == io.EOF
}

// lookup returns the value at a dotted path, nil when there is none.
func lookup(doc any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		object, ok := doc.(map[string]any)
		if !ok {
			return nil
		}
		doc = object[name]
	}
	return doc
}

// matches reports whether v is what a condition wants: see rules.Answer.JSON.
func matches(v any, want string) bool {
	if v == nil {
		return false
	}
	got, scalar := text(v)
	return want == "*" || scalar && slices.Contains(strings.Split(want, "|"), got)
}

// text returns a scalar as text.
func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	}
	return "", false
}

// maxFact is the greatest length of a fact, in bytes.
const maxFact = 200

// factsOf returns what a reply tells of a key under the names of a recipe. A
// fact in which a piece of the key stands is left out.
func factsOf(r *rules.Recipe, rep reply, key rules.Secret) map[string]string {
	doc, _ := decode(rep.body)
	facts := map[string]string{}
	for name, from := range r.Facts {
		value := ""
		if header, ok := strings.CutPrefix(from, "header:"); ok {
			value = rep.header.Get(header)
		} else {
			value = join(lookup(doc, from))
		}
		value = strings.TrimSpace(strings.Map(visible, strings.ToValidUTF8(value, "?")))
		if value != "" && len(value) <= maxFact && !shares(value, key) {
			facts[name] = value
		}
	}
	if len(facts) == 0 {
		return nil
	}
	return facts
}

// join returns a scalar, or a list or the names of an object with scalars, as
// text.
func join(v any) string {
	var parts []string
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if s, ok := text(e); ok {
				parts = append(parts, s)
			}
		}
	case map[string]any:
		parts = slices.Sorted(maps.Keys(v))
	default:
		s, _ := text(v)
		return s
	}
	return strings.Join(parts, ", ")
}

// visible maps what a fact must not hold to a question mark.
func visible(r rune) rune {
	if !unicode.IsPrint(r) {
		return '?'
	}
	return r
}

// piece is the length from which on a run of bytes of a key gives it away.
const piece = 8

// shares reports whether text holds a piece of the key.
func shares(text string, key rules.Secret) bool {
	k := key.Reveal()
	if len(k) < piece {
		return strings.Contains(text, k)
	}
	for i := 0; i+piece <= len(k); i++ {
		if strings.Contains(text, k[i:i+piece]) {
			return true
		}
	}
	return false
}
