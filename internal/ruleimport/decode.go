package ruleimport

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"
)

// maxFile is the most bytes of a rule file.
const maxFile = 4 << 20

// A table is a table of TOML or a mapping of YAML.
type table map[string]any

// decode reads TOML or YAML. In YAML, aliases are refused, as a short file can
// stand for any amount of text with them.
func decode(data []byte) (table, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("larger than %d bytes: split it", maxFile)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	doc := table{}
	tomlErr := toml.Unmarshal(data, &doc)
	if tomlErr == nil {
		return doc, nil
	}
	doc, yamlErr := decodeYAML(data)
	if yamlErr == nil {
		return doc, nil
	}
	var wrong *toml.DecodeError
	if errors.As(tomlErr, &wrong) {
		row, col := wrong.Position()
		tomlErr = fmt.Errorf("line %d, column %d: %w", row, col, tomlErr)
	}
	return nil, fmt.Errorf("it is neither TOML (%w) nor YAML (%w)", tomlErr, yamlErr)
}

// decodeYAML reads the documents of a YAML file. The rules of all are joined.
func decodeYAML(data []byte) (table, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var all table
	for {
		var node yaml.Node
		err := dec.Decode(&node)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if line := aliasLine(&node); line > 0 {
			return nil, fmt.Errorf("line %d: an alias: write the value out", line)
		}
		doc := table{}
		if err := node.Decode(&doc); err != nil {
			return nil, err
		}
		if all == nil {
			all = doc
			continue
		}
		all["rules"] = append(all.list("rules"), doc.list("rules")...)
	}
	if all == nil {
		return nil, errors.New("the file is empty")
	}
	return all, nil
}

// aliasLine returns the line of the first alias, 0 if there is none.
func aliasLine(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		return n.Line
	}
	for _, sub := range n.Content {
		if line := aliasLine(sub); line > 0 {
			return line
		}
	}
	return 0
}

// list returns a list; what is none is empty.
func (t table) list(key string) []any {
	list, _ := t[key].([]any)
	return list
}

// tables returns the tables in a list.
func (t table) tables(key string) []table {
	var out []table
	for _, v := range t.list(key) {
		if sub := asTable(v); sub != nil {
			out = append(out, sub)
		}
	}
	return out
}

// table returns the table at key, nil if there is none.
func (t table) table(key string) table { return asTable(t[key]) }

func asTable(v any) table {
	switch v := v.(type) {
	case map[string]any:
		return v
	case table:
		return v
	}
	return nil
}

// text returns the string at key.
func (t table) text(key string) string {
	s, _ := t[key].(string)
	return s
}

// texts returns the strings in a list.
func (t table) texts(key string) []string {
	var out []string
	for _, v := range t.list(key) {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// number returns the number at key, 0 if there is none.
func (t table) number(key string) float64 {
	switch n := t[key].(type) {
	case int64:
		return float64(n)
	case int:
		return float64(n)
	case float64:
		return n
	}
	return 0
}

// flag reports whether the value at key is true.
func (t table) flag(key string) bool {
	b, _ := t[key].(bool)
	return b
}
