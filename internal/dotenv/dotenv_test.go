package dotenv

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/agcloud/keylint/internal/fakekey"
)

// parsed is an entry without its offsets, and the bytes that they give.
type parsed struct {
	Key, Value, Raw string
	Line            int
	Quote           string
	Flags           string // e for export, i for interpolated
}

func simplify(data string, entries []Entry) []parsed {
	var list []parsed
	for _, e := range entries {
		p := parsed{e.Key, e.Value, data[e.ValueStart:e.ValueEnd], e.Line, "", ""}
		if e.Quote != 0 {
			p.Quote = string(e.Quote)
		}
		if e.Export {
			p.Flags += "e"
		}
		if e.Interpolated {
			p.Flags += "i"
		}
		list = append(list, p)
	}
	return list
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, data string
		want       []parsed
		invalid    []int
	}{
		{"plain", "A=1\nB=two words\n", []parsed{{"A", "1", "1", 1, "", ""}, {"B", "two words", "two words", 2, "", ""}}, nil},
		{"no newline at the end", "A=1", []parsed{{"A", "1", "1", 1, "", ""}}, nil},
		{"crlf", "A=1\r\n\r\nB=\"2\"\r\n", []parsed{{"A", "1", "1", 1, "", ""}, {"B", "2", "2", 3, `"`, ""}}, nil},
		{"cr", "A=1\rB=2", []parsed{{"A", "1", "1", 1, "", ""}, {"B", "2", "2", 2, "", ""}}, nil},
		{"bom", "\ufeffA=1", []parsed{{"A", "1", "1", 1, "", ""}}, nil},
		{"export", "export A=1\n\texport\tB = 2\nexport=3\nexported=4", []parsed{{"A", "1", "1", 1, "", "e"}, {"B", "2", "2", 2, "", "e"}, {"export", "3", "3", 3, "", ""}, {"exported", "4", "4", 4, "", ""}}, nil},
		{"spaces around", "  A  =  1  \n", []parsed{{"A", "1", "1", 1, "", ""}}, nil},
		{"colon", "A: 1\nB:\nC: 'x y'", []parsed{{"A", "1", "1", 1, "", ""}, {"B", "", "", 2, "", ""}, {"C", "x y", "x y", 3, "'", ""}}, nil},
		{"name with dots", "app.key-1=x\n'quoted'=y", []parsed{{"app.key-1", "x", "x", 1, "", ""}, {"quoted", "y", "y", 2, "", ""}}, nil},
		{"empty", "A=\nB=''\nC=\"\" # none\nD=   \nE= # none", []parsed{{"A", "", "", 1, "", ""}, {"B", "", "", 2, "'", ""}, {"C", "", "", 3, `"`, ""}, {"D", "", "", 4, "", ""}, {"E", "", "", 5, "", ""}}, nil},
		{"comments", "# A=1\n  # B\nC=x # y\nD=x#y\nE='x # y' # z\nF=#f", []parsed{{"C", "x", "x", 3, "", ""}, {"D", "x#y", "x#y", 4, "", ""}, {"E", "x # y", "x # y", 5, "'", ""}, {"F", "#f", "#f", 6, "", ""}}, nil},
		{"equals in the value", "A==b=\nB=a=b", []parsed{{"A", "=b=", "=b=", 1, "", ""}, {"B", "a=b", "a=b", 2, "", ""}}, nil},
		{"single quotes", `A='\n "x" $B \'y\' C:\d'`, []parsed{{"A", `\n "x" $B 'y' C:\d`, `\n "x" $B \'y\' C:\d`, 1, "'", ""}}, nil},
		{"backslash before the closing quote", "A='C:\\dir\\'\nB=1", []parsed{{"A", `C:\dir\`, `C:\dir\`, 1, "'", ""}, {"B", "1", "1", 2, "", ""}}, nil},
		{"double quotes", `A="a\nb\t\"c\" \\ \d \$X"`, []parsed{{"A", "a\nb\t\"c\" \\ \\d $X", `a\nb\t\"c\" \\ \d \$X`, 1, `"`, ""}}, nil},
		{"backticks", "A=`it's \"x\" \\``", []parsed{{"A", "it's \"x\" `", "it's \"x\" \\`", 1, "`", ""}}, nil},
		{"multi-line", "A=\"one\r\ntwo\n\" # end\nB='\nx'\nC=3", []parsed{{"A", "one\ntwo\n", "one\r\ntwo\n", 1, `"`, ""}, {"B", "\nx", "\nx", 4, "'", ""}, {"C", "3", "3", 6, "", ""}}, nil},
		{"quote left open", "A=\"x\nB=\"y\"\nC='z", []parsed{{"A", `"x`, `"x`, 1, "", ""}, {"B", "y", "y", 2, `"`, ""}, {"C", "'z", "'z", 3, "", ""}}, nil},
		{"text behind the quote", "export A=\"x\"; export B=y\nC='d'e", []parsed{{"A", "x", "x", 1, `"`, "e"}, {"C", "d", "d", 2, "'", ""}}, []int{1, 2}},
		{"interpolation", "A=${B}\nC=\"x$D\"\nE='${F}'\nG=\"\\${H}\"\nI=$(cmd)\nJ=5$\nK=$5", []parsed{
			{"A", "${B}", "${B}", 1, "", "i"}, {"C", "x$D", "x$D", 2, `"`, "i"}, {"E", "${F}", "${F}", 3, "'", ""}, {"G", "${H}", `\${H}`, 4, `"`, ""},
			{"I", "$(cmd)", "$(cmd)", 5, "", "i"}, {"J", "5$", "5$", 6, "", ""}, {"K", "$5", "$5", 7, "", ""}}, nil},
		{"invalid", "source_up now\n= x\nA B=1\nhttp://x\n<<<\nC=1\n'a=2", []parsed{{"C", "1", "1", 6, "", ""}}, []int{1, 2, 3, 4, 5, 7}},
		{"passed through", "HOME\nexport USER # mine\nX", nil, nil},
		{"nothing", "", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			entries, invalid := Parse([]byte(tt.data))
			if diff := cmp.Diff(tt.want, simplify(tt.data, entries)); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
			if !slices.Equal(tt.invalid, invalid) {
				t.Errorf("invalid lines %v, want %v", invalid, tt.invalid)
			}
		})
	}
}

func TestParseKey(t *testing.T) {
	key := fakekey.Gateway(1)
	data := "# production\nAGCLOUD_API_KEY=\"" + key + "\" # until May\n"
	entries, invalid := Parse([]byte(data))
	if len(entries) != 1 || entries[0].Value != key || data[entries[0].ValueStart:entries[0].ValueEnd] != key || invalid != nil {
		t.Errorf("%d entries, invalid %v", len(entries), invalid)
	}
}

// Parsing has to take linear time: a megabyte of openings that close nowhere.
func TestLinear(t *testing.T) {
	for _, line := range []string{"A=\"x\n", "A=`\n", "A='\\' x\n", "A=\"\\\"\n", "A='\\'      \n"} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			Parse([]byte(strings.Repeat(line, 1<<20/len(line))))
		}()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Fatalf("%q takes too long", line)
		}
	}
}

// Offsets lie inside the data and in order, and the value is there.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "A=1", "\ufeffexport A: 'x'\r\nB=\"y\\n${Z}\"\nC=`\n`", "A=\"x\nB=\"", "'k'=\\", "A='\\'", "A=\"\\", "=\n:\n#", "A=\r\r\n\n", "export ", "A =#\x00\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, invalid := Parse(data)
		end, line := 0, 0
		for _, e := range entries {
			if e.ValueStart < end || e.ValueEnd < e.ValueStart || e.ValueEnd > len(data) || e.Line <= line || e.Key == "" {
				t.Fatalf("%+v after offset %d, line %d, of %d bytes", e, end, line, len(data))
			}
			raw := string(data[e.ValueStart:e.ValueEnd])
			if e.Quote == 0 && (e.Value != raw || strings.ContainsAny(raw, "\r\n")) {
				t.Fatalf("unquoted %q is %q", raw, e.Value)
			}
			if e.Quote != 0 && (data[e.ValueStart-1] != e.Quote || data[e.ValueEnd] != e.Quote) {
				t.Fatalf("no quotes around %q", raw)
			}
			if lineOf(data[:e.ValueStart]) != e.Line {
				t.Fatalf("%q is on line %d, not %d", raw, lineOf(data[:e.ValueStart]), e.Line)
			}
			end, line = e.ValueEnd, e.Line
		}
		if !slices.IsSorted(invalid) || len(slices.Compact(slices.Clone(invalid))) != len(invalid) {
			t.Fatalf("invalid lines %v", invalid)
		}
	})
}

// lineOf returns the number of the line that begins or goes on behind data.
func lineOf(data []byte) int {
	s := strings.ReplaceAll(string(data), "\r\n", "\n")
	return 1 + strings.Count(s, "\n") + strings.Count(s, "\r")
}
