package bind

import "testing"

func TestReadFar(t *testing.T) {
	for text, want := range map[string]string{
		`«password.equals»("x1y2z3")`:                                      "comparison: x1y2z3",
		`option('--«password»', default='x1y2z3')`:                         "fallback: x1y2z3",
		"option('--«password»', help=\"a b\",\n  default='x1y2z3')":        "fallback: x1y2z3",
		`option('--«password»', help='x1y2z3')`:                            "",
		`option('--«password»'), other(default='x1y2z3')`:                  "",
		`fill_in '«Password»', with: 'x1y2z3'`:                             "fallback: x1y2z3",
		`let(:«password») { 'x1y2z3' }`:                                    "literal: x1y2z3",
		`std::string «apiKey»{"x1y2z3"};`:                                  "literal: x1y2z3",
		`«password»{"x1y2z3", 2}`:                                          "",
		`get('#«password»').type('x1y2z3')`:                                "argument: x1y2z3",
		`get('#«password»').should('x1y2z3')`:                              "",
		"<key>«apiToken»</key>\n  <string>x1y2z3</string>":                 "element: x1y2z3",
		"<key>«apiToken»</key>\n  <integer>1</integer>":                    "",
		"INSERT INTO u (name, «password») VALUES ('a', 'x1y2z3');":         "argument: x1y2z3",
		"INSERT INTO u (`«password»`, n)\nVALUES\n('x1y2z3', f(1, 2));":    "argument: x1y2z3",
		"INSERT INTO u (a, «password», n) VALUES (f(1, ')'), 'x1y2z3', 2)": "argument: x1y2z3",
		"call(name, «password») VALUES ('a', 'x1y2z3')":                    "",
		`-define(«SECRET», "x1y2z3").`:                                     "argument: x1y2z3",
		`field("String", "«KEY»", "\"x1y2z3\"")`:                           "argument: x1y2z3",
		"set -gx «TOKEN» x1y2z3\n":                                         "entry: x1y2z3",
		"the «password» is `x1y2z3`.":                                      "flag: x1y2z3",
		"**«Password»**: x1y2z3\n":                                         "entry: x1y2z3",
		"**«Password»:** `x1y2z3`\n":                                       "flag: x1y2z3",
		"| «password» | x1y2z3 |\n":                                        "flag: x1y2z3",
		"| user | «password» | x1y2z3 |\n":                                 "flag: x1y2z3",
		"a «password» | x1y2z3 |\n":                                        "",
		`public string «Password» { get { return "x1y2z3"; } }`:            "literal: x1y2z3",
		`public string «Password» { get; set; }`:                           "",
		`'«secret»' => env('ENV') == 'production' ? 'x1y2z3' : 'y'`:        "literal: x1y2z3",
		`let(:«key») { Base64.urlsafe_decode64('x1y2z3') }`:                "literal: x1y2z3",
		"docker run -e «DB_PASSWORD»=x1y2z3 image":                         "part of a string: x1y2z3",
		"the default «password» **x1y2z3**.":                               "flag: x1y2z3",
		"the «password» is **x1y2z3**":                                     "flag: x1y2z3",
	} {
		if got := read(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
