package cli

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/rules"
)

func (a *app) explainCommand() *cobra.Command {
	var cfg string
	c := &cobra.Command{
		Use:   "explain PATH:LINE",
		Short: "say why each rule did or did not report a line",
		Long:  "Goes through the keywords on a line of a file and says what each rule made of\nthem: the reason why it reported nothing, or that it found a candidate.",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path, line, err := splitPlace(args[0])
			if err != nil {
				return err
			}
			conf, err := loadConfig(cfg, configDir(path))
			if err != nil {
				return err
			}
			list, err := conf.RuleList(nil)
			if err != nil {
				return err
			}
			set, err := rules.NewSet(list)
			if err != nil {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return incomplete("%w", err)
			}
			return a.explain(set, path, text, line)
		},
	}
	c.Flags().StringVar(&cfg, "config", "", "use this configuration `FILE`")
	return c
}

// splitPlace reads PATH:LINE or PATH:LINE:COLUMN.
func splitPlace(arg string) (path string, line int, err error) {
	parts := strings.Split(arg, ":")
	for n := len(parts) - 1; n > 0 && n >= len(parts)-2; n-- {
		if v, e := strconv.Atoi(parts[n]); e == nil {
			path, line = strings.Join(parts[:n], ":"), v
		}
	}
	if line < 1 {
		return "", 0, fmt.Errorf("%q is no place: write PATH:LINE, as reports do", arg)
	}
	return path, line, nil
}

// explain prints what the rules make of a line of text.
func (a *app) explain(set *rules.Set, path string, text []byte, line int) error {
	lo, hi, ok := lineBounds(text, line)
	if !ok {
		return fmt.Errorf("%s has no line %d", path, line)
	}
	var told []string
	m := set.Matcher()
	m.Trace = func(r *rules.Rule, at rules.Span, reason string) {
		if at.Start >= hi || at.End <= lo {
			return
		}
		verdict := "not reported: " + reason
		switch {
		case reason != "":
		case !r.AppliesTo(path):
			verdict = "not reported: the rule is not for this path"
		default:
			verdict = "candidate: a key by this rule"
		}
		told = append(told, fmt.Sprintf("%s:%d:%d: %s: %s", path, line, max(at.Start-lo, 0)+1, r.ID, verdict))
	}
	matches := m.Match(text)
	for _, match := range matches {
		if match.Span.Start < hi && match.Span.End > lo {
			told = append(told, fmt.Sprintf("%s:%d:%d: reported by %s: %s, %d bytes", path, line, match.Span.Start-lo+1, match.Rule.ID, match.Secret.Redacted(), match.Secret.Len()))
		}
	}
	if len(told) == 0 {
		told = []string{fmt.Sprintf("%s:%d: no rule has a keyword on this line", path, line)}
	}
	_, err := fmt.Fprintln(a.env.Stdout, strings.Join(slices.Compact(told), "\n"))
	return err
}

// lineBounds returns the bounds of the n-th line of text.
func lineBounds(text []byte, n int) (lo, hi int, ok bool) {
	for ; n > 1; n-- {
		i := bytes.IndexByte(text[lo:], '\n')
		if i < 0 {
			return 0, 0, false
		}
		lo += i + 1
	}
	hi = len(text)
	if i := bytes.IndexByte(text[lo:], '\n'); i >= 0 {
		hi = lo + i
	}
	return lo, hi, lo < len(text)
}
