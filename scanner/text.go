package scanner

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/agcloud/keylint/rules"
)

// A form is the way in which a file stores text.
type form int

const (
	formText form = iota // bytes of ASCII, UTF-8 or anything that contains ASCII
	formUTF16LE
	formUTF16BE
	formUTF32LE
	formUTF32BE
	formBinary
)

// encoding returns the name that reports give to f, "" for plain text.
func (f form) encoding() rules.Encoding {
	return [...]rules.Encoding{"", "utf-16le", "utf-16be", "utf-32le", "utf-32be", ""}[f]
}

// width returns the bytes of a code unit.
func (f form) width() int { return [...]int{1, 2, 2, 4, 4, 1}[f] }

// sniff is how many bytes decide whether a file is text, as in git
// (FIRST_FEW_BYTES in xdiff-interface.c).
const sniff = 8000

// detect tells the form of a file by its first bytes. Like git it takes a file
// with a NUL byte among them for binary, unless it is UTF-16 or UTF-32, with a
// byte order mark or without; and unlike git, unless it is text but for a few.
func detect(head []byte) form {
	head = head[:min(len(head), sniff)]
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe, 0, 0}):
		return formUTF32LE
	case bytes.HasPrefix(head, []byte{0, 0, 0xfe, 0xff}):
		return formUTF32BE
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return formUTF16LE
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return formUTF16BE
	case bytes.IndexByte(head, 0) < 0:
		return formText
	}
	for _, f := range []form{formUTF32LE, formUTF32BE, formUTF16LE, formUTF16BE} {
		if looksLike(head, f) {
			return f
		}
	}
	if controls(head) <= max(4, len(head)/32) {
		return formText // a stray NUL byte makes no binary of a text
	}
	return formBinary
}

// controls counts the bytes that do not stand in text.
func controls(head []byte) int {
	n := 0
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			n++
		}
	}
	return n
}

// looksLike reports whether head is text in form f: all units are characters
// that stand in text, and at least a quarter are ASCII.
func looksLike(head []byte, f form) bool {
	ascii, n := 0, 0
	for i := 0; i+f.width() <= len(head); {
		c, size := f.char(head[i:])
		if c == utf8.RuneError || c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			// A surrogate pair may be cut at the end of head.
			return i+4 > len(head) && n > 0 && ascii*4 >= n
		}
		if c < utf8.RuneSelf {
			ascii++
		}
		n++
		i += size
	}
	return n > 0 && ascii*4 >= n
}

// char decodes the first character of b, which holds at least one unit.
func (f form) char(b []byte) (r rune, size int) {
	switch f {
	case formUTF32LE:
		r = rune(binary.LittleEndian.Uint32(b))
	case formUTF32BE:
		r = rune(binary.BigEndian.Uint32(b))
	case formUTF16LE:
		return char16(b, binary.LittleEndian)
	default:
		return char16(b, binary.BigEndian)
	}
	if !utf8.ValidRune(r) {
		r = utf8.RuneError
	}
	return r, 4
}

// char16 decodes the first character of UTF-16 text (RFC 2781).
func char16(b []byte, order binary.ByteOrder) (rune, int) {
	r := rune(order.Uint16(b))
	if !utf16.IsSurrogate(r) {
		return r, 2
	}
	if len(b) >= 4 {
		if pair := utf16.DecodeRune(r, rune(order.Uint16(b[2:]))); pair != utf8.RuneError {
			return pair, 4
		}
	}
	return utf8.RuneError, 2
}

// Text returns a whole file as text, as a scan sees it: decoded if it is UTF-16
// or UTF-32, which encoding then names. ok is false for binary files.
func Text(raw []byte) (text []byte, encoding rules.Encoding, ok bool) {
	f := detect(raw)
	if f == formBinary {
		return nil, "", false
	}
	var b textBuffer
	p := piece{raw: raw, hi: len(raw), last: true, whole: true}
	return b.decode(&p, f).text, f.encoding(), true
}

// decoded is a piece as text, with offsets in the text.
type decoded struct {
	text         []byte
	lo, hi, next int
	whole        bool
	// marks maps text to stored bytes for wide forms; nil where they are equal.
	marks []mark
	form  form
	raw   []byte
}

// A mark says which offset in the text stands for which stored offset.
type mark struct{ text, raw int }

// markEvery is the distance of marks in bytes of text.
const markEvery = 4096

// stored returns the stored offset, in the piece, of the text offset i.
func (t *decoded) stored(i int) int {
	if t.form == formText {
		return i
	}
	m := t.marks[min(i/markEvery, len(t.marks)-1)]
	for m.text < i && m.raw+t.form.width() <= len(t.raw) {
		c, size := t.form.char(t.raw[m.raw:])
		m.text += utf8.RuneLen(c)
		m.raw += size
	}
	return m.raw
}

// A textBuffer holds the decoded text of one piece at a time.
type textBuffer struct {
	out decoded
	buf []byte
}

// decode returns p as text. It is valid until the next call.
func (b *textBuffer) decode(p *piece, f form) *decoded {
	if f == formText {
		b.out = decoded{text: p.raw, lo: p.lo, hi: p.hi, next: p.next, whole: p.whole}
		return &b.out
	}
	t := decoded{text: b.buf[:0], whole: p.whole, form: f, raw: p.raw, marks: b.out.marks[:0]}
	i := 0
	for i+f.width() <= len(p.raw) {
		t.note(p, i)
		c, size := f.char(p.raw[i:])
		t.text = utf8.AppendRune(t.text, c)
		i += size
	}
	t.note(p, i)
	if p.hi >= i {
		t.hi = len(t.text)
	}
	b.buf = t.text
	b.out = t
	return &b.out
}

// note records where the stored offset i lies in the text, if anyone asks.
func (t *decoded) note(p *piece, i int) {
	n := len(t.text)
	for n/markEvery >= len(t.marks) {
		// A character can step over the multiple of markEvery; its own start
		// serves, as stored walks on from there. The first mark is at 0.
		t.marks = append(t.marks, mark{n, i})
	}
	if i <= p.lo {
		t.lo = n
	}
	if i <= p.hi {
		t.hi = n
	}
	if i <= p.next {
		t.next = n
	}
}
