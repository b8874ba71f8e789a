package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/internal/verify"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// found returns a finding of a key by a rule.
func found(rule, key string) *scanner.Finding {
	return &scanner.Finding{Rule: rule, Category: rules.CategorySecret, Secret: &scanner.SecretInfo{Secret: rules.NewSecret([]byte(key))}}
}

// TestAnnouncement makes sure that a user at a terminal sees what goes where
// before anything does.
func TestAnnouncement(t *testing.T) {
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	v, err := verify.New(list, verify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nothing is sent
	var terminal bytes.Buffer
	findings := []*scanner.Finding{
		found("agcloud-api-key", fakekey.Gateway(1)), found("agcloud-api-key", fakekey.Gateway(1)), found("agcloud-api-key", fakekey.Gateway(2)),
		found("npm-access-token", "npm_"+fakekey.Alnum(1, 36)), found("jwt", "x"),
	}
	(&verification{verifier: v, terminal: &terminal}).run(ctx, findings)
	want := "keylint: sending 2 keys for aiandgpu.com, 1 key for registry.npmjs.org; at most 2 requests a second to each host, Ctrl-C stops\n" +
		"\r\x1b[Kverifying: 1 of 3 keys\r\x1b[Kverifying: 2 of 3 keys\r\x1b[K"
	if terminal.String() != want {
		t.Errorf("%q, want %q", terminal.String(), want)
	}
	if got := findings[0].Verify; got.Status != scanner.StatusUnknown || !strings.Contains(got.Reason, "interrupted") {
		t.Errorf("%+v", got)
	}
	terminal.Reset()
	(&verification{verifier: v, terminal: &terminal}).run(ctx, findings[4:])
	if terminal.Len() > 0 {
		t.Errorf("there is nothing to send, and the user is told %q", terminal.String())
	}
}

// TestVerdict is about what counts when only keys that work do.
func TestVerdict(t *testing.T) {
	whole := scanner.Summary{Complete: true}
	for _, c := range []struct {
		states []string
		sum    scanner.Summary
		want   int
	}{
		{[]string{"dead", "not-tried"}, whole, exitClean},
		{[]string{"dead", "live"}, whole, exitFindings},
		{[]string{"restricted"}, whole, exitFindings},
		{[]string{"unknown", "dead"}, whole, exitIncomplete},
		{[]string{"unknown", "live"}, whole, exitFindings},
		{[]string{""}, whole, exitIncomplete},
		{[]string{"live"}, scanner.Summary{}, exitFindings},
		{nil, scanner.Summary{}, exitIncomplete},
	} {
		v := verdictOf(&verdictFlags{live: true})
		for _, s := range c.states {
			f := found("agcloud-api-key", fakekey.Gateway(1))
			if s != "" {
				f.Verify = &scanner.Verification{Status: s}
			}
			v.see(f)
		}
		if got := v.code(c.sum); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.states, got, c.want)
		}
	}
}

// TestVerifyCode is about the exit codes of keylint verify.
func TestVerifyCode(t *testing.T) {
	for _, c := range []struct {
		states string
		want   int
	}{
		{"", exitClean}, {"dead dead", exitClean}, {"dead not-tried", exitClean}, {"not-tried", exitIncomplete},
		{"unknown", exitIncomplete}, {"unknown dead", exitIncomplete}, {"unknown live", exitFindings}, {"dead restricted", exitFindings},
	} {
		var list []*scanner.Finding
		for s := range strings.FieldsSeq(c.states) {
			list = append(list, &scanner.Finding{Verify: &scanner.Verification{Status: s}})
		}
		if got := verifyCode(append(list, &scanner.Finding{})); got != c.want {
			t.Errorf("%q: exit code %d, want %d", c.states, got, c.want)
		}
	}
}

// failing is a report that cannot be written.
type failing struct{ scanner.Handler }

func (failing) Begin(scanner.Tool, scanner.Target) error { return nil }
func (failing) Finding(*scanner.Finding) error           { return errors.New("disk full") }
func (failing) Notice(scanner.Notice) error              { return nil }
func (failing) End(scanner.Summary) error                { return nil }

// TestReleaseFails makes sure that a report that cannot be written is not
// taken for a whole one because its findings were held back.
func TestReleaseFails(t *testing.T) {
	v, err := verify.New(nil, verify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := &handler{next: failing{}, verdict: verdictOf(&verdictFlags{}), progress: &progress{}, verify: &verification{verifier: v}}
	if err := h.Finding(found("jwt", "x")); err != nil {
		t.Fatal(err)
	}
	if h.release(t.Context()); h.err == nil {
		t.Error("the error of the report is lost")
	}
}
