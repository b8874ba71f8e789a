// Package score weighs what speaks for a value being a secret against what speaks
// for its being text.
//
// # The score
//
// A score is in bits: the base-2 logarithm of how much likelier the value is a
// secret than something else, as far as its parts tell. 0 is even odds, 10 is a
// thousand to one. The parts add up:
//
//   - name: how surely the name means a secret,
//   - syntax: how surely the name has this value,
//   - text: how much better random characters of the classes that the value has
//     explain it than words do (see [Surplus]), within limits: bits of one kind of
//     evidence that go beyond them prove no more,
//   - look: what the mixture of character classes and the length say,
//   - shape: what the value looks like that is no secret.
//
// The weights were set by hand and then tuned on the corpus in bench/accuracy.
package score

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/agcloud/keylint/rules/internal/bind"
	"github.com/agcloud/keylint/rules/internal/names"
)

// The thresholds, in bits.
const (
	Report = 6.0  // a value below it is not reported
	Firm   = 10.0 // from here on it has the severity of its rule; below, low severity and confidence
)

// An Evidence is what is known of a value.
type Evidence struct {
	Value    []byte
	Name     []byte // of the variable, nil if there is none
	Class    names.Class
	Strength names.Strength
	Syntax   bind.Syntax
	Quoted   bool
}

// Parts are the parts of a score, in bits.
type Parts struct{ Name, Syntax, Text, Look, Shape float64 }

// Sum returns the score.
func (p Parts) Sum() float64 { return p.Name + p.Syntax + p.Text + p.Look + p.Shape }

// String lists the parts. It holds nothing of the value.
func (p Parts) String() string {
	return fmt.Sprintf("score %.1f bits: name %+.1f, syntax %+.1f, text %+.1f, look %+.1f, shape %+.1f; reported from %.0f, at full severity from %.0f",
		p.Sum(), p.Name, p.Syntax, p.Text, p.Look, p.Shape, Report, Firm)
}

// Of returns the parts of the score of e, for which [Impossible] has no reason.
func Of(e Evidence) Parts {
	s := measure(e.Value)
	return Parts{Name: nameBits(e), Syntax: syntaxBits(e), Text: textBits(e, s), Look: lookBits(e, s), Shape: shapeBits(e, s)}
}

func nameBits(e Evidence) float64 {
	switch {
	case e.Strength == names.Faint && len(e.Value) < faintBytes:
		return -20
	case e.Strength == names.Faint:
		return -10
	case e.Strength == names.Weak:
		return 1
	case e.Class == names.Password, e.Class == names.Secret:
		return 5
	case e.Class == names.Salt:
		return 2
	}
	return 4
}

// faintBytes is the least length of a value whose name says little.
const faintBytes = 16

// syntaxBits weighs how the value is bound to the name.
func syntaxBits(e Evidence) float64 {
	switch e.Syntax {
	case bind.Entry, bind.Part, bind.Element:
		return 2
	case bind.Literal, bind.Fallback:
		return 2
	case bind.Argument:
		if measure(e.Value).digit == 0 {
			return -3 // lists of words look alike
		}
	case bind.Compare:
		return -2
	case bind.Flag:
		if e.Quoted || measure(e.Value).digit > 0 {
			return 0
		}
		return -4
	case bind.Bare:
		if e.Class == names.Salt {
			return -20 // what stands in prose
		}
		return -6
	}
	return 0
}

// The limits of what the text part can say, in bits.
const (
	mostText    = 12.0
	leastText   = -20.0
	peopleText  = -2.0 // of passwords that people make: words with digits and signs
	peopleWords = -1.0 // of words with digits where the syntax is certain
	peopleCode  = -3.0 // of words with digits in code
)

// textBits weighs how much the value looks like words. That passwords are made of
// words says little when digits and signs are in them.
func textBits(e Evidence, s stats) float64 {
	bits := max(leastText, min(mostText, 0.8*Surplus(e.Value)))
	if e.Class != names.Password && (e.Class != names.Secret || s.sign == 0 || !e.isCertain()) || s.separators > 0 || s.digit == 0 || s.lower+s.upper == 0 || s.length < 6 || s.length > 24 {
		return bits
	}
	switch {
	case s.sign > 0 && e.Syntax != bind.Bare:
		return max(bits, peopleText)
	case s.lower+s.upper < 3:
	case e.isCertain():
		return max(bits, peopleWords)
	case e.Strength == names.Strong && e.Syntax == bind.Literal && e.Quoted:
		return max(bits, peopleCode)
	}
	return bits
}

// isCertain reports whether the syntax leaves no doubt that the name has the value
// and that the value is a string.
func (e Evidence) isCertain() bool {
	return e.Strength == names.Strong && (e.Syntax == bind.Entry || e.Syntax == bind.Part || e.Syntax == bind.Element)
}

// isNumber reports whether a value of digits can be nothing but a password.
func (e Evidence) isNumber() bool {
	return e.Class == names.Password && e.Strength == names.Strong && (e.isCertain() || e.Syntax == bind.Literal && e.Quoted) &&
		len(e.Name) > len("pass") && e.Syntax != bind.Part
}

// lookBits weighs the mixture of character classes and the length.
func lookBits(e Evidence, s stats) float64 {
	bits := 0.0
	letters := s.lower + s.upper
	switch {
	case s.digit == s.length && !e.isNumber():
		bits -= 3
	case s.digit > 0 && letters > 0 && s.sign > 0:
		bits += 4
	case s.digit > 0 && letters > 0:
		bits += 2
	case letters > 0 && s.sign > 0:
		bits++
	}
	if s.upper > 0 && s.lower > 0 && s.digit > 0 {
		bits++
	}
	if Surplus(e.Value) < mostText {
		bits -= float64(max(0, s.separators-1))
	}
	if e.Class == names.Password {
		return bits
	}
	switch {
	case s.length < 8:
		bits -= 6
	case s.length < 12:
		bits -= 3
	case s.length >= 20:
		bits++
	}
	if s.longest < 6 {
		bits -= 6
	}
	if s.isHex && s.length >= 32 {
		bits += 2
	}
	return bits
}

// shapeBits weighs what the value is likelier to be than a secret.
func shapeBits(e Evidence, s stats) float64 {
	bits := 0.0
	low := strings.ToLower(string(e.Value))
	switch {
	case tellingWord(withoutHex(low)) == "" || Surplus(e.Value) >= sureText:
	case s.digit == 0 || s.sign == 0:
		bits -= 10
	default:
		bits -= 3
	}
	if e.Class != names.Password && bytes.ContainsAny(e.Value, "!?*'\"()") && s.length < 20 {
		bits -= 4
	}
	switch {
	case !similar(low, e.Name):
	case s.digit > 0 && s.sign > 0:
		bits--
	default:
		bits -= 8
	}
	return bits
}

// sureText is the surplus in bits from which on a value is random and has a word in it
// by accident.
const sureText = 14.0

// tellingWord returns a word in low, which is in lower case, that tells of secrets
// without being one, or of values that are made up.
func tellingWord(low string) string {
	for _, w := range telling {
		if strings.Contains(low, w) {
			return w
		}
	}
	return ""
}

// withoutHex returns s, which is in lower case, without its long runs of hexadecimal
// digits: words such as "bad" are in them by accident.
func withoutHex(s string) string {
	const long = 24
	var out []byte
	for lo := 0; lo < len(s); {
		hi := lo
		for hi < len(s) && (isDigit(s[hi]) || 'a' <= s[hi] && s[hi] <= 'f') {
			hi++
		}
		if hi-lo < long {
			hi = min(max(hi, lo+1), len(s))
			out = append(out, s[lo:hi]...)
		}
		lo = hi
	}
	return string(out)
}

// telling is never changed.
var telling = strings.Fields("passw passwd pwd secret token test example sample dummy fake mock foo bar key auth cred user admin login chang default your enter hello abc123 qwerty welcome letmein 1234 " +
	"demo string value null none valid wrong bad good new old field input text label name some root guest public private invalid correct horse battery hunter2 swordfish")

// similar reports whether a value says the same as its name.
func similar(low string, name []byte) bool {
	if len(name) == 0 {
		return false
	}
	v, n := letters(low), letters(strings.ToLower(string(name)))
	return len(v) >= 3 && (strings.Contains(n, v) || strings.Contains(v, n))
}

// letters returns the ASCII letters of s, which is in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, s)
}
