// Package gclplugin makes the analyzers a plugin of golangci-lint v2, in its
// module plugin system. A golangci-lint with the plugin is built by
// "golangci-lint custom" with this .custom-gcl.yml:
//
//	version: v2.15.0
//	plugins:
//	  - module: github.com/agcloud/keylint
//	    import: github.com/agcloud/keylint/analyzers/gclplugin
//	    version: latest
//
// and configured in .golangci.yml:
//
//	version: "2"
//	linters:
//	  enable: [keylint]
//	  settings:
//	    custom:
//	      keylint:
//	        type: module
//	        description: finds API keys in Go code, and bad habits with them
//	        settings:
//	          disable: [nobackoff]
//	          flags:
//	            hardcodedkey: {formats: "sk-[A-Za-z0-9]{48}"}
//	            agcloud: {host: llm.corp.example}
//	issues:
//	  max-same-issues: 0        # keys that look alike are not the same
//	  max-issues-per-linter: 0
//	output:
//	  formats:
//	    text:
//	      print-issued-lines: false # these lines hold the keys
package gclplugin

import (
	"fmt"
	"slices"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/analyzers"
)

func init() { register.Plugin("keylint", New) }

// Settings are the settings of the linter in .golangci.yml. The zero Settings
// run all analyzers with their defaults.
type Settings struct {
	Disable []string                     `json:"disable"` // names of analyzers that do not run
	Flags   map[string]map[string]string `json:"flags"`   // by analyzer and name
}

// A plugin runs the analyzers that settings ask for.
type plugin struct{ settings Settings }

// New returns the plugin with the settings in conf. It fails when conf has
// unknown fields.
func New(conf any) (register.LinterPlugin, error) {
	s, err := register.DecodeSettings[Settings](conf)
	if err != nil {
		return nil, fmt.Errorf("keylint: settings: %w", err)
	}
	return plugin{s}, nil
}

// BuildAnalyzers returns the analyzers with their flags set. It fails when an
// analyzer or a flag that the settings name does not exist, or a value is wrong.
func (p plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	all := analyzers.All()
	byName := map[string]*analysis.Analyzer{}
	for _, a := range all {
		byName[a.Name] = a
	}
	for _, name := range p.settings.Disable {
		if byName[name] == nil {
			return nil, fmt.Errorf("keylint: settings: disable: there is no analyzer %q", name)
		}
	}
	for name, flags := range p.settings.Flags {
		if byName[name] == nil {
			return nil, fmt.Errorf("keylint: settings: flags: there is no analyzer %q", name)
		}
		for flag, value := range flags {
			if err := byName[name].Flags.Set(flag, value); err != nil {
				return nil, fmt.Errorf("keylint: settings: flags: %s.%s: %w", name, flag, err)
			}
		}
	}
	return slices.DeleteFunc(all, func(a *analysis.Analyzer) bool { return slices.Contains(p.settings.Disable, a.Name) }), nil
}

// GetLoadMode says that the analyzers need types.
func (plugin) GetLoadMode() string { return register.LoadModeTypesInfo }
