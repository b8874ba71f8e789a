package rules

import (
	_ "embed"
	"encoding/binary"

	"github.com/agcloud/keylint/rules/internal/codec"
	"github.com/agcloud/keylint/rules/internal/prefilter"
)

// builtinLiterals are the literals of the keywords of the built-in rules, with
// what takes time to find out: how they look once encoded, and where the
// prefilter looks them up. It is a list of keywords, each of
//
//   - its text, whether case is folded (0 or 1), and its depth plus 1;
//   - the number of bytes of its literals, and these: each its text, its form,
//     1 for folded case plus 2 for gaps, the number of its pairs, and these.
//
// Numbers are unsigned varints as of encoding/binary; texts have their length
// before them.
//
//go:embed builtin_literals.bin
var builtinLiterals string

// A readyReader reads builtinLiterals, whose form a test holds.
type readyReader string

func (r *readyReader) number() int {
	if c := (*r)[0]; c < 0x80 {
		*r = (*r)[1:]
		return int(c)
	}
	var buf [binary.MaxVarintLen64]byte
	n, size := binary.Uvarint(buf[:copy(buf[:], *r)])
	*r = (*r)[size:]
	return int(n)
}

func (r *readyReader) text() string {
	n := r.number()
	s := string((*r)[:n])
	*r = (*r)[n:]
	return s
}

// ready calls add with each keyword of builtinLiterals and its literals.
func ready(add func(keyword, readyReader)) {
	for r := readyReader(builtinLiterals); r != ""; {
		k := keyword{text: r.text(), fold: r.number() == 1, depth: r.number() - 1}
		add(k, readyReader(r.text()))
	}
}

// literal reads a literal and its form.
func (r *readyReader) literal() (prefilter.Literal, codec.Form) {
	l := prefilter.Literal{Text: r.text()}
	form := codec.Form(r.number())
	flags := r.number()
	l.Fold, l.Gap = flags&1 != 0, flags&2 != 0
	l.Pairs.N = int16(r.number())
	for i := range l.Pairs.N {
		l.Pairs.At[i] = int16(r.number())
	}
	return l, form
}
