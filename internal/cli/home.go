package cli

import (
	"context"
	"errors"
	"runtime"

	"github.com/agcloud/keylint/internal/home"
	"github.com/agcloud/keylint/scanner"
)

// prepareHome opens the user's home directory. What is found there stays here:
// keys are not verified.
func (a *app) prepareHome(s *sourceFlags, check *verifyFlags, args []string) (*job, error) {
	switch {
	case len(args) > 0:
		return nil, errors.New("--home takes no path: it looks at known places below HOME")
	case check.on:
		return nil, errors.New("--home and --verify exclude each other: nothing of a home directory leaves the machine. Verify a key that you choose with “keylint verify”")
	case len(s.exclude) > 0 || s.archives || s.ignored:
		return nil, errors.New("--home looks at known places only: --exclude, --include-ignored and --archives are for trees")
	}
	variable := "HOME"
	if runtime.GOOS == "windows" {
		variable = "USERPROFILE"
	}
	h, err := home.Open(a.env.Getenv(variable))
	if err != nil {
		return nil, incomplete("--home: %w", err)
	}
	cfg, err := loadConfig(s.config, h.Dir())
	if err != nil {
		return nil, err
	}
	if s.maxSize != "" {
		cfg.Scan.MaxSize = s.maxSize
	}
	j := &job{source: h, target: scanner.Target{Kind: "home", Path: "~"}, root: h.Dir(), base: "~", verifyConfig: cfg.Verify, hygiene: &hygieneJob{}}
	if err := a.options(j, &s.ruleFlags, cfg, nil, nil); err != nil {
		return nil, err
	}
	j.scan = func(ctx context.Context, out scanner.Handler) (scanner.Summary, error) {
		return scanner.Scan(ctx, j.source, j.options, adviser{out, h})
	}
	return j, j.loadBaseline(s.baseline, h.Dir())
}

// An adviser says of each finding what it means in a home directory.
type adviser struct {
	scanner.Handler
	home *home.Home
}

// Finding implements [scanner.Handler].
func (a adviser) Finding(f *scanner.Finding) error {
	a.home.Advise(f)
	return a.Handler.Finding(f)
}
