package rules

import "github.com/agcloud/keylint/rules/internal/codec"

// An Encoding names a form in which a secret was stored. A Match lists them
// outermost first.
type Encoding = codec.Encoding

// The encodings that are undone before matching.
const (
	Base64  = codec.Base64
	Hex     = codec.Hex
	Percent = codec.Percent
	Escape  = codec.Escape
	HTML    = codec.HTML
	Concat  = codec.Concat
)

// A Span is a half-open range of byte offsets.
type Span struct{ Start, End int }

// A Match is a secret found in a text.
type Match struct {
	Rule       *Rule
	Span       Span       // where the secret lies in the text, as stored
	Secret     Secret     // the secret itself, decoded
	Name       string     // the variable or field that holds it, if any; never secret
	Encodings  []Encoding // how it was stored, outermost first; nil for plain text
	Severity   Severity   // of the rule, or less for a weak score
	Confidence Confidence
	Known      *KnownKey // for the known-key rule: which key it is
}
