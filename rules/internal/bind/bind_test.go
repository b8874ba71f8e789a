package bind

import (
	"strings"
	"testing"
)

// read returns the value that text gives to the name between « and », as
// "syntax: value", and "" for none.
func read(text string) string {
	start := strings.Index(text, "«")
	text = strings.Replace(text, "«", "", 1)
	end := strings.Index(text, "»")
	text = strings.Replace(text, "»", "", 1)
	v, ok := Read([]byte(text), start, end)
	if !ok {
		return ""
	}
	if v.Joined {
		return "joined"
	}
	return v.Syntax.String() + ": " + text[v.Start:v.End]
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		`«password» = "x1y2z3"`:                      "literal: x1y2z3",
		`«password» := "x1y2z3"`:                     "literal: x1y2z3",
		`«password»: 'x1y2z3',`:                      "literal: x1y2z3",
		`"«password»": "x1y2z3"`:                     "entry: x1y2z3",
		`{\"«password»\": \"x1y2z3\"}`:               "entry: x1y2z3",
		`'«password»' => 'x1y2z3',`:                  "literal: x1y2z3",
		`:«password» => "x1y2z3"`:                    "literal: x1y2z3",
		`«password»: str = "x1y2z3"`:                 "literal: x1y2z3",
		`let «password»: &str = "x1y2z3";`:           "literal: x1y2z3",
		`char «password»[20] = "x1y2z3";`:            "literal: x1y2z3",
		`var «password» string = "x1y2z3"`:           "literal: x1y2z3",
		`«password» = b"x1y2z3"`:                     "literal: x1y2z3",
		`«password» = []byte("x1y2z3")`:              "literal: x1y2z3",
		`«password» = new String("x1y2z3")`:          "literal: x1y2z3",
		`«password» =` + "\n" + `  "x1y2z3"`:         "literal: x1y2z3",
		`config["«password»"] = "x1y2z3"`:            "literal: x1y2z3",
		`x.«setPassword»("x1y2z3")`:                  "argument: x1y2z3",
		`put("«password»", "x1y2z3")`:                "argument: x1y2z3",
		`setopt(h, «OPT_PASSWORD», "x1y2z3");`:       "argument: x1y2z3",
		`getenv("«PASSWORD»", "x1y2z3")`:             "argument: x1y2z3",
		`getenv("«PASSWORD»") || "x1y2z3"`:           "fallback: x1y2z3",
		`${«PASSWORD»:-x1y2z3}`:                      "fallback: x1y2z3",
		`${spring.«password»:x1y2z3}`:                "fallback: x1y2z3",
		`if («password» == "x1y2z3")`:                "comparison: x1y2z3",
		`<«password»>x1y2z3</password>`:              "element: x1y2z3",
		`<entry key="«password»">x1y2z3</entry>`:     "element: x1y2z3",
		`<user «password»="x1y2z3"/>`:                "literal: x1y2z3",
		"«PASSWORD»=x1y2z3\n":                        "entry: x1y2z3",
		"  «password»: x1y2z3 # why\n":               "entry: x1y2z3",
		"export «PASSWORD»=x1y2z3":                   "entry: x1y2z3",
		"ENV «PASSWORD» x1y2z3\n":                    "entry: x1y2z3",
		"machine h login u «password» x1y2z3\n":      "entry: x1y2z3",
		"mysql --«password» x1y2z3 -u root":          "flag: x1y2z3",
		"mysql --«password»=x1y2z3 -u root":          "bare word: x1y2z3",
		`"Server=db;«Password»=x1y2z3;Pooling=true"`: "part of a string: x1y2z3",
		`curl -H "X-Auth-«Token»: x1y2z3" https://h`: "part of a string: x1y2z3",
		`-H 'Authorization: «Bearer»'`:               "",
		`"«Authorization»: Bearer x1y2z3"`:           "part of a string: x1y2z3",
		`"«Authorization»: Api-Token x1y2z3"`:        "part of a string: x1y2z3",
		`-H "«Authorization»: Bearer x1y2z3=="`:      "part of a string: x1y2z3==",
		`f(«password» = x1y2z3==4)`:                  "",
		`"Server=db;«Password»=x1y2z3"`:              "part of a string: x1y2z3",
		`"Server=db; «password»= x1=y2z3"`:           "part of a string: x1=y2z3",
		`if (n == 0); «password»=x1==y2z3`:           "",
		`Connect -User u -«Password» x1y2z3!`:        "flag: x1y2z3!",
		`field 'String', '«PASSWORD»', '"x1y2z3"'`:   "argument: x1y2z3",
		`«password» = "\"x1y2z3\""`:                  "literal: x1y2z3",
		`«password» = " x1y2z3 "`:                    "literal: x1y2z3",
		"/login?user=u&«password»=x1y2z3&x=1":        "part of a string: x1y2z3",
		"CREATE USER u WITH «PASSWORD» 'x1y2z3'":     "flag: x1y2z3",
		`$«password» .= "x1y2z3";`:                   "literal: x1y2z3",
		`«password» += "x1y2z3"`:                     "literal: x1y2z3",
		`«PASSWORD» ::= x1y2z3`:                      "entry: x1y2z3",
		`«PASSWORD» :::= x1y2z3`:                     "entry: x1y2z3",
		"<«password»>\n  x1y2z3\n</password>":        "element: x1y2z3",
		"<«password»> x1y2z3 \r\n</password>":        "element:  x1y2z3",
		"<«password»>\n  <a>x1y2z3</a>":              "",
		`{"f.ini": "«PASSWORD»=x1y2z3\nA=true"}`:     "part of a string: x1y2z3",
		`{"f.ini": "«PASSWORD»=x1:y2=z3\nA=true"}`:   "part of a string: x1:y2=z3",
		`{"f.ini": "A=b\n«PASSWORD»=x1y2z3\r\nA=b"}`: "part of a string: x1y2z3",
		`«password» = abc\ndef()`:                    "",
		`«password» = "abc" + x`:                     "joined",
		`«password» = os.environ["X"]`:               "",
		`«password» = getPassword()`:                 "",
		`hash('«password»'), 'x1y2z3')`:              "",
		`auth(«password», "x1y2z3")`:                 "",
		`"${«PASSWORD»}" "x1y2z3"`:                   "",
		`%«PASSWORD»% = "x1y2z3"`:                    "",
		`{{«password»}} "x1y2z3"`:                    "",
		`a:«secret»:x1y2z3`:                          "",
		"the «password» is too short\n":              "",
		`«password»("x1y2z3", y)`:                    "",
	} {
		if got := read(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestUserinfo(t *testing.T) {
	for text, want := range map[string]string{
		"postgres://u:word@db/x": "word", "redis://:word@cache:6379": "word", "https://u:some@word@db.internal/": "some@word",
		"https://u:word@example.com/": "", "https://host:8080/a@b": "", "https://u@host/": "", "https://u:word @host": "", "http://u:word@": "",
	} {
		got := ""
		if v, _, ok := Userinfo([]byte(text), strings.Index(text, "://")+3); ok {
			got = text[v.Start:v.End]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// FuzzRead checks that values lie in the text and that what lies beyond the bounds
// has no say.
func FuzzRead(f *testing.F) {
	f.Add("  password = \"a\\\"b\" + c\nx", 2, 8)
	f.Add("${password:-x}", 2, 8)
	f.Add("<a password=\\\"x\\\">\n- password: |\n", 3, 8)
	f.Add("password(\"\"\"x\"\"\")", 0, 8)
	f.Fuzz(func(t *testing.T, text string, start, length int) {
		if start < 0 || length < 1 || start > len(text)-length || length > 96 {
			return
		}
		end := start + length
		v, ok := Read([]byte(text), start, end)
		if ok && (v.Start < 0 || v.Start > v.End || v.End > len(text)) {
			t.Fatalf("a value at %d:%d in %d bytes", v.Start, v.End, len(text))
		}
		lo, hi := max(0, start-Before), min(len(text), end+After)
		w, same := Read([]byte(text[lo:hi]), start-lo, end-lo)
		w.Start, w.End = w.Start+lo, w.End+lo
		if ok != same || ok && v != w {
			t.Fatalf("%v %v in the text, %v %v in the window", v, ok, w, same)
		}
		Userinfo([]byte(text), end)
	})
}
