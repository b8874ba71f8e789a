package rules

import "testing"

func TestIsSample(t *testing.T) {
	for path, want := range map[string]bool{
		"config/app.yml": false, "src/main/UserTest.java": true, "src/test/java/A.java": true, "a_test.go": true, "test_a.py": true, "lib/login.spec.ts": true, "README.md": true,
		"docs/setup.txt": true, "src/latest/app.js": false, ".env": false, ".env.example": true, "cmd/attestation/main.go": false, "pkg/server-test/x.go": true,
		"web/__mocks__/a.js": true, "lib/test.netrc": true, "": false,
	} {
		if got := isSample(path); got != want {
			t.Errorf("%q: %v", path, got)
		}
	}
	m := Match{Rule: &Rule{Def: Def{Class: "password"}}, Severity: Medium}
	if got := m.SeverityAt("a_test.go"); got != Low {
		t.Errorf("in a test a generic secret is of %v severity", got)
	}
	if m.Rule.Class = ""; m.SeverityAt("a_test.go") != Medium {
		t.Error("the severity of a provider's key depends on the path")
	}
}
