package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/agcloud/keylint/scanner"
)

// An out is what all formats write through. A method of a Writer renders into
// the buffer and ends with flush, so that whoever reads a stream gets whole
// records, and each call knows whether its bytes were taken.
type out struct {
	w        io.Writer
	buf      bytes.Buffer
	scratch  bytes.Buffer
	elements int // of the open JSON array
	err      error
}

// print appends strings as they are.
func (o *out) print(ss ...string) {
	for _, s := range ss {
		o.buf.WriteString(s)
	}
}

// printf appends a formatted string.
func (o *out) printf(format string, args ...any) { fmt.Fprintf(&o.buf, format, args...) }

// fail makes err the result of the next flush, unless there is an earlier one.
func (o *out) fail(err error) {
	if o.err == nil {
		o.err = err
	}
}

// flush hands the buffer on. The first error stays.
func (o *out) flush() error {
	if o.err == nil && o.buf.Len() > 0 {
		n, err := o.w.Write(o.buf.Bytes())
		if err == nil && n < o.buf.Len() {
			err = io.ErrShortWrite
		}
		o.err = err
	}
	o.buf.Reset()
	return o.err
}

// value appends v as JSON on one line. Characters that could steer a terminal
// are escaped, which JSON readers undo.
func (o *out) value(v any) {
	o.scratch.Reset()
	enc := json.NewEncoder(&o.scratch)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		o.fail(err)
		return
	}
	escapeJSON(&o.buf, bytes.TrimSuffix(o.scratch.Bytes(), []byte("\n")))
}

// open appends the key of an array and its bracket.
func (o *out) open(key string) {
	o.elements = 0
	o.print(`"`, key, `":[`)
}

// element appends an element of the open array, on a line of its own.
func (o *out) element(v any) {
	if o.elements > 0 {
		o.print(",")
	}
	o.elements++
	o.print("\n")
	o.value(v)
}

// close appends the end of the open array.
func (o *out) close() {
	if o.elements > 0 {
		o.print("\n")
	}
	o.print("]")
}

// record returns a copy of f that is fit for JSON: the plaintext of its key is
// there when show is set and at no other time, and its times can be encoded.
func record(f *scanner.Finding, show bool) *scanner.Finding {
	c := *f
	if f.Secret != nil {
		s := *f.Secret
		s.Value = plaintext(f.Secret, show)
		c.Secret = &s
	}
	if f.Commit != nil {
		commit := *f.Commit
		commit.Time = encodable(commit.Time)
		c.Commit = &commit
	}
	if f.Removed != nil {
		c.Removed = &scanner.CommitRef{ID: f.Removed.ID, Time: encodable(f.Removed.Time)}
	}
	if f.Verify != nil {
		v := *f.Verify
		v.Checked = encodable(v.Checked)
		c.Verify = &v
	}
	return &c
}

// plaintext returns the key that s tells of if show is set, and "" otherwise.
func plaintext(s *scanner.SecretInfo, show bool) string {
	switch {
	case s == nil || !show:
		return ""
	case s.Secret.Len() > 0:
		return s.Secret.Reveal()
	}
	return s.Value // of a saved report
}

// encodable returns t, or what is left of it after dropping what RFC 3339
// cannot express: commits may claim any year and any zone.
func encodable(t time.Time) time.Time {
	if _, err := t.MarshalText(); err == nil {
		return t
	}
	if _, err := t.UTC().MarshalText(); err == nil {
		return t.UTC()
	}
	return time.Time{}
}

// Encode returns v as the json format writes values: on one line, with characters
// escaped that could steer a terminal.
func Encode(v any) ([]byte, error) {
	var o out
	o.value(v)
	return o.buf.Bytes(), o.err
}
