package rules

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"go/format"
	"os"
	"reflect"
	"testing"

	"github.com/agcloud/keylint/rules/internal/prefilter"
)

var updateTable = flag.Bool("update", false, "rewrite builtin_table.go and builtin_literals.bin")

// TestBuiltinTable holds the table of built-in rules to the rule files.
func TestBuiltinTable(t *testing.T) {
	list, err := parseBuiltin()
	if err != nil {
		t.Fatal(err)
	}
	want, err := tableOf(list)
	if err != nil {
		t.Fatal(err)
	}
	if *updateTable {
		if err := os.WriteFile("builtin_table.go", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile("builtin_table.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("builtin_table.go is stale: run go generate ./rules")
	}
}

// tableOf returns builtin_table.go for a list of rules.
func tableOf(list []*Rule) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("// Code generated from the files in builtin by go generate ./rules; DO NOT EDIT.\n\npackage rules\n\n")
	b.WriteString("// builtinTable is never changed.\nvar builtinTable = []builtinRule{\n")
	for _, r := range list {
		fmt.Fprintf(&b, "\t{\n\t\tdef: Def%s,\n", fieldsOf(reflect.ValueOf(r.Def)))
		fmt.Fprintf(&b, "\t\tfootprint: footprint{%d, %d},\n\t\tsum: %q,\n\t},\n", r.footprint.before, r.footprint.after, r.digest())
	}
	b.WriteString("}\n")
	return format.Source(b.Bytes())
}

// TestBuiltinLiterals holds what is ready of the literals of built-in rules to what
// compiling them makes.
func TestBuiltinLiterals(t *testing.T) {
	const name = "builtin_literals.bin"
	list, err := parseBuiltin()
	if err != nil {
		t.Fatal(err)
	}
	want := literalsOf(list)
	if *updateTable {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if builtinLiterals != string(want) {
		t.Error(name + " is stale: run go generate ./rules")
	}
}

// TestReadyLiterals makes the same set of the built-in rules with what is ready of
// their literals as without.
func TestReadyLiterals(t *testing.T) {
	list, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	with, err := NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	defer func(all string) { builtinLiterals = all }(builtinLiterals)
	builtinLiterals = ""
	without, err := NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(with, without) || len(with.literals) < 8000 {
		t.Errorf("%d and %d literals; the sets differ", len(with.literals), len(without.literals))
	}
}

// literalsOf returns builtin_literals.bin for a list of rules. Those that are
// ready are not used.
func literalsOf(list []*Rule) []byte {
	defer func(all string) { builtinLiterals = all }(builtinLiterals)
	builtinLiterals = ""
	s := &Set{contexts: map[string]uint{}}
	b := newLiteralBuilder(s, len(list))
	for i, r := range list {
		b.addRule(i, r)
	}
	prefilter.New(b.texts)
	keywords := map[*meaning]keyword{}
	for k, c := range b.have {
		keywords[c.meaning] = k
	}
	var out []byte
	for i := 0; i < len(b.texts); {
		m := s.literals[i].meaning
		var literals []byte
		for ; i < len(b.texts) && s.literals[i].meaning == m; i++ {
			literals = appendLiteral(literals, b.texts[i], uint64(s.literals[i].form))
		}
		k := keywords[m]
		out = appendText(out, k.text)
		out = append(out, bit(k.fold), byte(k.depth+1))
		out = appendText(out, string(literals))
	}
	return out
}

func appendLiteral(b []byte, l prefilter.Literal, form uint64) []byte {
	b = appendText(b, l.Text)
	b = binary.AppendUvarint(b, form)
	b = append(b, bit(l.Fold)|bit(l.Gap)<<1, byte(l.Pairs.N))
	for _, at := range l.Pairs.At[:l.Pairs.N] {
		b = binary.AppendUvarint(b, uint64(at))
	}
	return b
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func bit(set bool) byte {
	if set {
		return 1
	}
	return 0
}

// literalOf returns the value of a field as Go source.
func literalOf(f reflect.Value) string {
	switch f.Kind() {
	case reflect.String:
		return fmt.Sprintf("%q", f.String())
	case reflect.Slice:
		if f.Type().Elem().Kind() == reflect.Struct {
			return structsOf(f)
		}
		return fmt.Sprintf("%#v", f.Interface())
	case reflect.Map:
		return fmt.Sprintf("%#v", f.Interface())
	case reflect.Struct:
		return f.Type().Name() + fieldsOf(f)
	}
	switch {
	case f.CanInt():
		return fmt.Sprint(f.Int())
	case f.CanFloat():
		return fmt.Sprint(f.Float())
	}
	return fmt.Sprint(f.Bool())
}

// structsOf returns a list of structs as Go source.
func structsOf(list reflect.Value) string {
	text := "[]" + list.Type().Elem().Name() + "{\n"
	for i := range list.Len() {
		text += fieldsOf(list.Index(i)) + ",\n"
	}
	return text + "}"
}

// fieldsOf returns the fields of a struct that are set, in braces.
func fieldsOf(v reflect.Value) string {
	text := "{\n"
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			text += v.Type().Field(i).Name + ": " + literalOf(f) + ",\n"
		}
	}
	return text + "}"
}
