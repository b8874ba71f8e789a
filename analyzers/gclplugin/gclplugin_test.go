package gclplugin_test

import (
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"

	"github.com/agcloud/keylint/analyzers"
	"github.com/agcloud/keylint/analyzers/agcloud"
	_ "github.com/agcloud/keylint/analyzers/gclplugin" // registers the plugin
	"github.com/agcloud/keylint/analyzers/internal/checktest"
)

// settings are those of a .golangci.yml, as golangci-lint hands them over.
type settings = map[string]any

func TestPlugin(t *testing.T) {
	checktest.Set(t, agcloud.Analyzer, "host", "")
	p := build(t, settings{"disable": []string{"nobackoff"}, "flags": settings{"agcloud": settings{"host": "llm.corp.example"}}})
	list, err := p.BuildAnalyzers()
	if err != nil || len(list) != len(analyzers.All())-1 {
		t.Errorf("%d analyzers, %v; want all but one", len(list), err)
	}
	if got := agcloud.Analyzer.Flags.Lookup("host").Value.String(); got != "llm.corp.example" {
		t.Errorf("agcloud.host is %q", got)
	}
	if p.GetLoadMode() != register.LoadModeTypesInfo {
		t.Errorf("load mode is %s", p.GetLoadMode())
	}
}

func TestWrongSettings(t *testing.T) {
	for _, c := range []struct {
		conf settings
		want string
	}{
		{settings{"disable": []string{"nothing"}}, `no analyzer "nothing"`},
		{settings{"flags": settings{"nothing": settings{"host": "x"}}}, `no analyzer "nothing"`},
		{settings{"flags": settings{"agcloud": settings{"port": "x"}}}, "agcloud.port"},
	} {
		if _, err := build(t, c.conf).BuildAnalyzers(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want one with %q", c.conf, err, c.want)
		}
	}
	if _, err := newPlugin(t)(settings{"enable": true}); err == nil {
		t.Error("an unknown setting is accepted")
	}
}

func newPlugin(t *testing.T) register.NewPlugin {
	t.Helper()
	f, err := register.GetPlugin("keylint")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func build(t *testing.T, conf settings) register.LinterPlugin {
	t.Helper()
	p, err := newPlugin(t)(conf)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
