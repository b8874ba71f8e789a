package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/agcloud/keylint/scanner"
)

// maxRecord is the greatest size of a finding, problem, notice or other part
// of a report, in bytes of JSON.
const maxRecord = 64 << 20

// Read reads a saved report, in json or jsonl. It refuses another version of
// the format, and a report that is cut off or has parts twice or wrong values;
// unknown keys it passes over, since later versions of keylint may add some.
// Its errors say what to do.
func Read(r io.Reader) (*scanner.Report, error) { return read(r, maxRecord) }

// read is Read with the greatest size of a record.
func read(r io.Reader, record int64) (*scanner.Report, error) {
	src := &meter{r: bufio.NewReader(r), record: record}
	if err := src.preamble(); err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	rd := &reader{src: src, dec: json.NewDecoder(src), seen: map[string]bool{}}
	if err := rd.report(); err != nil {
		return nil, fmt.Errorf("reading the report: %w", rd.explain(err))
	}
	return &rd.rep, nil
}

// A meter passes bytes on up to a limit, which moves with what was decoded.
type meter struct {
	r      *bufio.Reader
	record int64 // the greatest size of a record
	n      int64 // bytes passed on
	limit  int64 // of n
	err    error // of the reader below, or errTooLarge
}

var errTooLarge = errors.New("a record is too large")

// begin says that a record begins at an offset.
func (m *meter) begin(offset int64) { m.limit = offset + m.record }

func (m *meter) Read(p []byte) (int, error) {
	if m.n >= m.limit {
		m.err = fmt.Errorf("%w: more than %s", errTooLarge, size(m.record))
		return 0, m.err
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.limit-m.n)])
	m.n += int64(n)
	if err != nil && err != io.EOF {
		m.err = err
	}
	return n, err
}

// preamble passes over a byte order mark, and tells an empty or UTF-16 file.
func (m *meter) preamble() error {
	head, err := m.r.Peek(3)
	switch {
	case len(head) == 0 && err == io.EOF:
		return errors.New("it is empty: write one with --format json --output FILE")
	case len(head) == 0:
		return err
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return errors.New("it is UTF-16, as some shells redirect: write it with --output FILE instead")
	case bytes.Equal(head, []byte("\xef\xbb\xbf")):
		m.r.Discard(3) // cannot fail: they were peeked
	}
	return nil
}

// A reader decodes a report record by record.
type reader struct {
	src  *meter
	dec  *json.Decoder
	rep  scanner.Report
	seen map[string]bool // the keys of the document, or begin and summary of a stream
}

// A contentError is about what a report says, as against its syntax. It needs
// no explanation.
type contentError struct{ msg string }

func (e *contentError) Error() string { return e.msg }

func contentErrorf(format string, args ...any) error {
	return &contentError{fmt.Sprintf(format, args...)}
}

// explain adds to an error where it happened and what to do.
func (rd *reader) explain(err error) error {
	const again = "run the scan again with --format json"
	var content *contentError
	at := rd.dec.InputOffset()
	switch {
	case rd.src.err != nil:
		return fmt.Errorf("after byte %d: %w", at, rd.src.err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("it is cut off after byte %d: %s", at, again)
	case errors.As(err, &content):
		return fmt.Errorf("at byte %d: %w", at, err)
	}
	return fmt.Errorf("at byte %d: %w: it is no report of keylint in json or jsonl, or was changed: %s", at, err, again)
}

// token returns the next token. Before each token and value the limit moves on.
func (rd *reader) token() (json.Token, error) {
	rd.src.begin(rd.dec.InputOffset())
	return rd.dec.Token()
}

// decode reads the next value into v.
func (rd *reader) decode(v any) error {
	rd.src.begin(rd.dec.InputOffset())
	return rd.dec.Decode(v)
}

// expect reads a delimiter.
func (rd *reader) expect(want json.Delim) error {
	t, err := rd.token()
	if err == nil && t != want {
		err = fmt.Errorf("found %v instead of %v", describeToken(t), want)
	}
	return err
}

// describeToken names the kind of a token. Its text could be anything.
func describeToken(t json.Token) string {
	switch t := t.(type) {
	case json.Delim:
		return t.String()
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	}
	return "a number"
}

// key reads the key of an object that is not at its end.
func (rd *reader) key() (string, error) {
	t, err := rd.token()
	key, ok := t.(string)
	if err == nil && !ok {
		err = contentErrorf("an object is empty")
	}
	return key, err
}

// report reads everything. The first key tells a stream from a document.
func (rd *reader) report() error {
	rd.rep = scanner.Report{Findings: []*scanner.Finding{}, Problems: []scanner.Problem{}}
	if err := rd.expect('{'); err != nil {
		return err
	}
	key, err := rd.key()
	if err != nil {
		return err
	}
	switch key {
	case "begin", "finding", "problem", "notice", "rotation":
		return rd.stream(key)
	}
	return rd.document(key)
}

// trailer makes sure that nothing follows.
func (rd *reader) trailer() error {
	switch _, err := rd.token(); {
	case err == io.EOF:
		return nil
	case err != nil:
		return err
	}
	return contentErrorf("something follows the report: convert one report at a time")
}
