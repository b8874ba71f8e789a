package rules

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/agcloud/keylint/rules/internal/assign"
	"github.com/agcloud/keylint/rules/internal/bind"
	"github.com/agcloud/keylint/rules/internal/checksum"
	"github.com/agcloud/keylint/rules/internal/codec"
	"github.com/agcloud/keylint/rules/internal/names"
	"github.com/agcloud/keylint/rules/internal/score"
)

// lowScore is the reason for values that look like text.
const lowScore = "the value looks more like text than like a secret"

// findGeneric looks for the value that is given to the name around the keyword,
// if that is one of the class of r. The candidate has its score, even when there
// is a reason.
func (m *Matcher) findGeneric(view *codec.View, at, end int, r *Rule) (Candidate, string) {
	text := view.Text
	s, e := assign.Identifier(text, at, end)
	strength := m.strength(text[s:e], r)
	if strength == names.None {
		return Candidate{}, noName
	}
	v, ok := bind.Read(text, s, e)
	if !ok {
		if v, ok = paired(text, s, e); !ok {
			return Candidate{}, noValue
		}
	}
	if v.Joined {
		return Candidate{}, "only a piece of the value stands there"
	}
	v.Start += bind.SchemeLength(text[v.Start:v.End])
	if v.Start >= v.End {
		return Candidate{}, noSecret
	}
	c, reason := r.judge(view, v.Start, v.End, score.Evidence{Name: text[s:e], Strength: strength, Syntax: v.Syntax, Quoted: v.Quoted})
	c.Name = string(text[s:e])
	return c, reason
}

// class returns the class of the rule's names.
func (r *Rule) class() names.Class { return names.Class(r.Class) }

// paired reads the value of a name that is a value itself: name: KEY, value: x.
func paired(text []byte, s, e int) (bind.Value, bool) {
	for _, v := range assign.Paired(text, s, e) {
		return bind.Value{Start: v.Start, End: v.End, Syntax: bind.Entry, Quoted: v.Quoted}, true
	}
	return bind.Value{}, false
}

// judged returns what of the key of a regex tells whether it is a secret: the
// password in the credentials of Basic authentication, and else all of it.
func (r *Rule) judged(key []byte) []byte {
	if r.Checksum != checksum.BasicAuth {
		return key
	}
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(key), "="))
	if err != nil {
		return key
	}
	_, password, _ := bytes.Cut(text, []byte(":"))
	return password
}

// judge returns the candidate view.Text[i:j] if its score is high enough.
func (r *Rule) judge(view *codec.View, i, j int, e score.Evidence) (Candidate, string) {
	if e.Class = r.class(); e.Value == nil {
		e.Value = view.Text[i:j]
	}
	if len(e.Value) == 0 {
		return Candidate{}, noSecret
	}
	if reason := score.Impossible(e); reason != "" {
		return Candidate{}, reason
	}
	if reason := r.reject(view.Text[i:j]); reason != "" {
		return Candidate{}, reason
	}
	parts := score.Of(e)
	c := r.at(view, i, j)
	c.score = parts
	if parts.Sum() < score.Report {
		return c, lowScore
	}
	if parts.Sum() < score.Firm {
		c.Severity, c.Confidence = min(Low, r.Severity), LowConfidence
	}
	return c, ""
}

// findUserinfo looks for the password in the URL whose "://" ends at end.
func (r *Rule) findUserinfo(view *codec.View, end int) (Candidate, string) {
	v, _, ok := bind.Userinfo(view.Text, end)
	if !ok {
		return Candidate{}, noMatch
	}
	return r.judge(view, v.Start, v.End, score.Evidence{Value: unescaped(view.Text[v.Start:v.End]), Strength: names.Strong, Syntax: v.Syntax})
}

// unescaped returns v with percent signs undone, for the judgement of passwords in
// URLs.
func unescaped(v []byte) []byte {
	s, err := url.PathUnescape(string(v))
	if err != nil {
		return v
	}
	return []byte(s)
}

// generic applies a rule of a class around hit h.
func (m *Matcher) generic(text []byte, h Hit, r *Rule) (Candidate, bool) {
	if _, reason := m.settled(text, h, r); reason != "" {
		m.trace(r, h, reason, score.Parts{})
		return Candidate{}, false
	}
	view := codec.Plain(text, h.Pos-r.footprint.before, h.End+r.footprint.after)
	at := view.Index(h.Pos)
	end := at + h.End - h.Pos
	var c Candidate
	var reason string
	if r.Userinfo {
		c, reason = r.findUserinfo(&view, end)
	} else {
		c, reason = m.findGeneric(&view, at, end, r)
	}
	m.trace(r, h, reason, c.score)
	return c, reason == ""
}

// settled returns why hit h leads to nothing for a rule of a class, if that shows
// in little text, and the span of that text; "" if it does not.
func (m *Matcher) settled(text []byte, h Hit, r *Rule) (Span, string) {
	if r.Userinfo {
		_, looked, ok := bind.Userinfo(text, h.End)
		if ok {
			return Span{}, ""
		}
		return Span{h.Pos, looked}, noMatch
	}
	if looked, ok := mayBind(text, h.End); !ok {
		return Span{h.Pos, looked}, noValue
	}
	s, e := assign.Identifier(text, h.Pos, h.End)
	if m.strength(text[s:e], r) != names.None {
		return Span{}, ""
	}
	const aside = 3 // bytes that tell where an identifier ends
	return Span{s - aside, e + aside}, noName
}

// judgedName is a name and the class that it was judged for.
type judgedName struct{ class, name string }

// maxJudged is how many judgements of names a matcher keeps.
const maxJudged = 1 << 12

// strength returns how surely name is that of a secret of the class of r. Texts
// repeat names, so that it is mostly known.
func (m *Matcher) strength(name []byte, r *Rule) names.Strength {
	s, ok := m.judged[judgedName{r.Class, string(name)}]
	if ok {
		return s
	}
	if m.judged == nil || len(m.judged) == maxJudged {
		m.judged = map[judgedName]names.Strength{}
	}
	s = names.Judge(name, r.class())
	m.judged[judgedName{r.Class, string(name)}] = s
	return s
}

// mayBind reports whether the text behind a keyword may give a value to a name
// that it is in: whether something else than the end of an expression follows the
// name. It looked at no more than text[:looked].
func mayBind(text []byte, i int) (looked int, ok bool) {
	for n := 0; i < len(text) && n < assign.MaxName; n++ {
		if c := text[i]; !isNameByte(c) {
			if c == '*' && i+1 < len(text) {
				return i + 2, text[i+1] == '*' // bold in Markdown
			}
			return i + 1, bytes.IndexByte([]byte(";+!*&^~$?"), c) < 0
		}
		i++
	}
	return i + 1, i < len(text)
}

func isNameByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '.' || c == '-'
}
