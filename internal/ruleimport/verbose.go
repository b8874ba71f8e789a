package ruleimport

import "strings"

// plainFlags returns pattern without verbose mode, which Go's regexp does not
// have: where (?x) holds, white space and comments go, also in classes, as the
// Rust crate regex has it. Escaped white space stays.
func plainFlags(pattern string) string {
	v := verbose{text: pattern, state: []bool{false}}
	for v.pos < len(v.text) {
		v.next()
	}
	return v.out.String()
}

// A verbose is a pattern that is read once.
type verbose struct {
	text  string
	pos   int
	out   strings.Builder
	state []bool // whether verbose mode holds, for each open group
	class int    // depth of brackets
}

func (v *verbose) on() bool { return v.state[len(v.state)-1] }

// next takes one character or group header.
func (v *verbose) next() {
	c := v.text[v.pos]
	switch {
	case c == '\\' && v.pos+1 < len(v.text):
		v.escaped()
		return
	case v.on() && strings.IndexByte(" \t\r\n\f\v", c) >= 0:
		v.pos++
		return
	case v.on() && c == '#' && v.class == 0:
		if end := strings.IndexByte(v.text[v.pos:], '\n'); end >= 0 {
			v.pos += end + 1
		} else {
			v.pos = len(v.text)
		}
		return
	case c == '[':
		v.class = min(v.class+1, 2)
	case c == ']' && v.class > 0:
		v.class--
	case c == '(' && v.class == 0:
		v.open()
		return
	case c == ')' && v.class == 0 && len(v.state) > 1:
		v.state = v.state[:len(v.state)-1]
	}
	v.out.WriteByte(c)
	v.pos++
}

// escaped takes a backslash and what follows. White space and # need none.
func (v *verbose) escaped() {
	c := v.text[v.pos+1]
	if strings.IndexByte(" \t\r\n#", c) < 0 {
		v.out.WriteByte('\\')
	}
	v.out.WriteByte(c)
	v.pos += 2
}

// open takes the beginning of a group, with its flags.
func (v *verbose) open() {
	v.state = append(v.state, v.on())
	rest := v.text[v.pos:]
	if strings.HasPrefix(rest, "(?#") { // a comment
		v.state = v.state[:len(v.state)-1]
		if end := strings.IndexByte(rest, ')'); end >= 0 {
			v.pos += end + 1
		} else {
			v.pos = len(v.text)
		}
		return
	}
	end := strings.IndexAny(rest, ":)")
	if !strings.HasPrefix(rest, "(?") || end < 0 || strings.Trim(rest[2:end], "imsUux-") != "" {
		v.out.WriteByte('(')
		v.pos++
		return
	}
	set, clear, negative := strings.Cut(rest[2:end], "-")
	on := (v.on() || strings.Contains(set, "x")) && !strings.Contains(clear, "x")
	drop := strings.NewReplacer("x", "", "u", "")
	flags := drop.Replace(set)
	if clear = drop.Replace(clear); negative && clear != "" {
		flags += "-" + clear
	}
	v.pos += end + 1
	if rest[end] == ')' { // the flags hold for the rest of the group around
		v.state = v.state[:len(v.state)-1]
		v.state[len(v.state)-1] = on
		if flags != "" {
			v.out.WriteString("(?" + flags + ")")
		}
		return
	}
	v.state[len(v.state)-1] = on
	v.out.WriteString("(?" + flags + ":")
}
