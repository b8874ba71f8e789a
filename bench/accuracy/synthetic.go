package main

import (
	"fmt"
	"strings"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// forms are the ways in which generated files bind a value, @, to a name, by class.
// They are few for what the corpus has many of, and more for what is rare.
var forms = map[string][]string{
	"password": {"DB_PASSWORD=@\n", "  password: @\n", "String password = \"@\";", "password = '@'", "{\"password\": \"@\"}", "<password>@</password>", "client.setPassword(\"@\")", "Server=db;User Id=sa;Password=@;Encrypt=true",
		"machine host.test login joe password @\n", "- name: APP_PASSWORD\n  value: @\n", "os.getenv(\"PASSWORD\", \"@\")", "<property name=\"password\" value=\"@\"/>", "ALTER ROLE joe WITH PASSWORD '@';", "variable \"db_password\" {\n  default = \"@\"\n}"},
	"secret": {"client_secret = \"@\"", "clientSecret: '@',", "SECRET_KEY=@\n"},
	"token":  {"ACCESS_TOKEN=@\n", "auth_token: \"@\"", "//registry.test/:_authToken=@\n"},
	"key":    {"api_key = \"@\"", "<add key=\"ApiKey\" value=\"@\"/>", "ENCRYPTION_KEY=@\n"},
	"salt":   {"PASSWORD_SALT = \"@\""},
	"url":    {"DATABASE_URL=postgres://app:@@db.internal:5432/app\n", "amqp://app:@@rabbit:5672/"},
}

// real are templates of values that are secrets, made are values that are none.
var (
	real = map[string][]string{
		"password": {"%{[a-z]8}", "%{[A-Za-z0-9]12}", "%{[A-Za-z]6}%{[0-9]3}%{[!#*^]1}", "%{[a-z0-9]10}", "%{[A-Za-z0-9!#^*]16}"},
		"secret":   {"%{[A-Za-z0-9]32}", "%{[0-9a-f]40}", "%{[A-Za-z0-9_-]43}"},
		"token":    {"%{[A-Za-z0-9]24}", "%{[0-9a-f]32}", "%{[0-9a-f]8}-%{[0-9a-f]4}-4%{[0-9a-f]3}-a%{[0-9a-f]3}-%{[0-9a-f]12}"},
		"key":      {"%{[A-Za-z0-9]20}", "%{[0-9a-f]64}", "%{[A-Za-z0-9+/]43}="},
		"salt":     {"%{[A-Za-z0-9]22}", "%{[0-9a-f]32}"},
		"url":      {"%{[A-Za-z0-9]12}", "%{[a-z0-9]16}"},
	}
	made = strings.Fields("password changeme secret your-token-here ${VALUE} {{ value }} <value> example config.value /run/secrets/value user_name default-value true null")
)

// seeds is how many values of each kind are tried in each form.
const seeds = 5

// synthetic measures the rules on generated texts.
func synthetic() (*result, error) {
	list, err := rules.Builtin()
	if err != nil {
		return nil, err
	}
	set, err := rules.NewSet(list)
	if err != nil {
		return nil, err
	}
	r := &result{classes: map[string]*tally{}}
	m := set.Matcher()
	for class, texts := range forms {
		for _, form := range texts {
			for _, value := range made {
				r.try(m, class, form, value, none)
			}
			for _, template := range real[class] {
				for seed := range uint64(seeds) {
					value, err := rules.Expand(template, seed)
					if err != nil {
						return nil, err
					}
					r.try(m, class, form, value, secret)
				}
			}
		}
	}
	return r, nil
}

// try counts what is found in form with value.
func (r *result) try(m *rules.Matcher, class, form, value string, v verdict) {
	at := strings.IndexByte(form, '@')
	found := m.Match([]byte(form[:at] + value + form[at+1:]))
	var f *scanner.Finding
	if len(found) > 0 {
		f = scanner.NewFinding(found[0], "", "")
	}
	l := labelled{class: class, verdict: v, digest: digestOf(fmt.Sprint(class, form), value)}
	for _, c := range []string{class, all} {
		r.of(c).count(l, f)
	}
}
