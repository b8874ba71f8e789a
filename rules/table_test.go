package rules

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"os"
	"reflect"
	"testing"
)

var updateTable = flag.Bool("update", false, "rewrite builtin_table.go")

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
