package report

import (
	"encoding/json"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// document reads a report in json, whose first key was read. The keys may come
// in any order: some tools sort them.
func (rd *reader) document(key string) error {
	for {
		if rd.seen[key] {
			return contentErrorf("%q is there twice", key)
		}
		rd.seen[key] = true
		if err := rd.section(key); err != nil {
			return err
		}
		if !rd.dec.More() {
			break
		}
		var err error
		if key, err = rd.key(); err != nil {
			return err
		}
	}
	if err := rd.expect('}'); err != nil {
		return err
	}
	for _, key := range []string{"schema", "tool", "target", "findings", "problems", "summary"} {
		if !rd.seen[key] {
			return contentErrorf("the report has no %q: run the scan again with --format json", key)
		}
	}
	return rd.trailer()
}

// section reads the value of a key of the document.
func (rd *reader) section(key string) error {
	switch key {
	case "schema":
		if err := rd.decode(&rd.rep.Schema); err != nil {
			return err
		}
		return checkSchema(rd.rep.Schema)
	case "tool":
		return rd.decode(&rd.rep.Tool)
	case "target":
		return rd.decode(&rd.rep.Target)
	case "findings":
		return rd.list(rd.finding)
	case "problems":
		return rd.list(rd.problem)
	case "notices":
		return rd.list(rd.notice)
	case "rotation":
		return rd.list(rd.plan)
	case "summary":
		return rd.decode(&rd.rep.Summary)
	}
	return rd.decode(new(json.RawMessage))
}

// list reads an array whose elements next reads, or null.
func (rd *reader) list(next func() error) error {
	t, err := rd.token()
	if err != nil || t == nil {
		return err
	}
	if t != json.Delim('[') {
		return contentErrorf("found %s instead of a list", describeToken(t))
	}
	for rd.dec.More() {
		if err := next(); err != nil {
			return err
		}
	}
	return rd.expect(']')
}

func (rd *reader) finding() error {
	var f *scanner.Finding
	if err := rd.decode(&f); err != nil {
		return err
	}
	rd.rep.Findings = append(rd.rep.Findings, f)
	return checkFinding(f)
}

func (rd *reader) problem() error {
	var p scanner.Problem
	if err := rd.decode(&p); err != nil {
		return err
	}
	if p.Reason == "" {
		return contentErrorf("a problem has no reason")
	}
	rd.rep.Problems = append(rd.rep.Problems, p)
	return nil
}

func (rd *reader) notice() error {
	var n scanner.Notice
	if err := rd.decode(&n); err != nil {
		return err
	}
	if n.Reason == "" {
		return contentErrorf("a notice has no reason")
	}
	rd.rep.Notices = append(rd.rep.Notices, n)
	return nil
}

func (rd *reader) plan() error {
	var p scanner.Rotation
	if err := rd.decode(&p); err != nil {
		return err
	}
	if p.Key.Hash == "" || len(p.Steps) == 0 {
		return contentErrorf("a rotation plan has no key or no steps")
	}
	rd.rep.Rotation = append(rd.rep.Rotation, p)
	return nil
}

// stream reads a report in jsonl, whose first key was read.
func (rd *reader) stream(key string) error {
	for {
		if err := rd.event(key); err != nil {
			return err
		}
		if rd.dec.More() {
			return contentErrorf("a line has more than one key")
		}
		if err := rd.expect('}'); err != nil {
			return err
		}
		if rd.seen["summary"] {
			return rd.trailer()
		}
		if err := rd.expect('{'); err != nil {
			return err
		}
		var err error
		if key, err = rd.key(); err != nil {
			return err
		}
	}
}

// event reads the value of a line. The first line, and no other, has "begin".
func (rd *reader) event(key string) error {
	if (key == "begin") == rd.seen["begin"] {
		return contentErrorf(`a stream has "begin" in its first line and in no other`)
	}
	switch key {
	case "begin":
		rd.seen["begin"] = true
		return rd.begin()
	case "finding":
		return rd.finding()
	case "problem":
		return rd.problem()
	case "notice":
		return rd.notice()
	case "rotation":
		return rd.plan()
	case "summary":
		rd.seen["summary"] = true
		return rd.decode(&rd.rep.Summary)
	}
	return rd.decode(new(json.RawMessage))
}

func (rd *reader) begin() error {
	var b begin
	if err := rd.decode(&b); err != nil {
		return err
	}
	rd.rep.Schema, rd.rep.Tool, rd.rep.Target = b.Schema, b.Tool, b.Target
	return checkSchema(b.Schema)
}

// checkSchema refuses other versions of the format.
func checkSchema(schema string) error {
	if schema != scanner.Schema {
		return contentErrorf("the report has the schema %q and not %q: convert it with the version of keylint that wrote it", schema, scanner.Schema)
	}
	return nil
}

// checkFinding refuses findings that no scan makes.
func checkFinding(f *scanner.Finding) error {
	switch {
	case f == nil:
		return contentErrorf("a finding is null")
	case f.ID == "" || f.Rule == "":
		return contentErrorf("a finding has no id or no rule")
	case f.Category != rules.CategorySecret && f.Category != rules.CategoryHygiene:
		return contentErrorf("a finding has the category %q: it must be %s or %s", f.Category, rules.CategorySecret, rules.CategoryHygiene)
	case min(f.Line, f.Column, f.EndLine, f.EndColumn) < 0:
		return contentErrorf("a finding has a negative line or column")
	}
	return nil
}
