package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/atomicfile"
	"github.com/agcloud/keylint/internal/baseline"
	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/internal/rotation"
	"github.com/agcloud/keylint/internal/triage"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// maxPlan is the greatest size of a file of rotation plans, in bytes.
const maxPlan = 64 << 20

// A decisions is where those of a session go, and what went there.
type decisions struct {
	baseline string // paths
	config   string
	plan     string // "" for standard output
	before   map[*scanner.Finding]triage.Decision
	plans    map[string]scanner.Rotation // by the hash of the key

	made map[triage.Mark]int
	text []byte // of the plan, without a file for it
}

// decisions opens the files that the flags name, or those of the repository, so
// that what is wrong with them is known before the work and not after it.
func (t *triageFlags) decisions(rep *scanner.Report) (*decisions, error) {
	root, err := triageRoot(t.dir, rep.Target)
	if err != nil {
		return nil, err
	}
	d := &decisions{baseline: t.baseline, config: t.config, plan: t.plan}
	if d.baseline == "" {
		d.baseline = filepath.Join(root, baseline.Name)
	}
	b, err := baseline.Load(d.baseline)
	if err != nil {
		return nil, unreadable(err)
	}
	cfg, err := config.Load(t.config)
	if t.config == "" && err == nil {
		if d.config, err = config.FileIn(root); err == nil {
			cfg, err = loadConfig("", root)
		}
	}
	if err != nil {
		return nil, err
	}
	plan, err := readPlan(d.plan)
	if err != nil {
		return nil, err
	}
	for _, f := range rep.Findings {
		if f.Secret != nil {
			f.Secret.Value = "" // of a report with --show-secrets
		}
	}
	d.plans, err = plansByHash(rep)
	d.before = savedBefore(rep, b, cfg, planMarks(plan))
	return d, err
}

// readPlan reads the plans at path, where there need not be any.
func readPlan(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("--plan: %s: %w: name a file in a directory that is there", path, causeOf(err))
	}
	data, err := regular.ReadFile(path, maxPlan)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("--plan: cannot read %s: %w", path, causeOf(err))
	}
	return data, nil
}

// plansByHash returns a plan for each key of a report: that of the report, or one
// without places. Who marks a key wants its plan, so those get one, too, that a
// report leaves out as they are dead or of low severity.
func plansByHash(rep *scanner.Report) (map[string]scanner.Rotation, error) {
	builtin, err := rules.Builtin()
	if err != nil {
		return nil, err
	}
	set, err := rules.NewSet(builtin)
	if err != nil {
		return nil, err
	}
	var c rotation.Collector
	for _, f := range rep.Findings {
		leak := *f
		leak.Category, leak.Severity, leak.Verify = rules.CategorySecret, max(f.Severity, rules.Medium), nil
		c.Add(&leak)
	}
	byHash := map[string]scanner.Rotation{}
	for _, p := range append(c.Plans(rotation.Tree{}, set.Rule), rep.Rotation...) {
		byHash[p.Key.Hash] = p
	}
	return byHash, nil
}

// save writes decisions. Each file is replaced at once or left alone; after an
// error the call can be repeated, as what is there is not added again.
func (d *decisions) save(list []triage.Decision) error {
	d.made = map[triage.Mark]int{}
	b, err := baseline.Load(d.baseline)
	if err != nil {
		return err
	}
	var allow []config.Allow
	var keys []string
	for _, x := range list {
		f := x.Finding
		d.made[x.Mark]++
		switch x.Mark {
		case triage.Accepted:
			err = errors.Join(err, b.AddReported(f, x.Reason))
		case triage.False:
			entry := config.Allow{Rule: f.Rule, Path: f.Path, Fingerprint: f.ID, Reason: x.Reason}
			if wrong := entry.Check(); wrong != nil {
				err = errors.Join(err, fmt.Errorf("%s in %s: %w: undo its mark", f.Rule, f.Path, wrong))
			}
			allow = append(allow, entry)
		case triage.Rotate:
			keys = append(keys, f.Secret.Hash)
		}
	}
	if err != nil {
		return err
	}
	return d.write(b, allow, keys)
}

// write writes what there is to write.
func (d *decisions) write(b *baseline.Baseline, allow []config.Allow, keys []string) error {
	old, err := readPlan(d.plan)
	if err != nil {
		return err
	}
	if d.text, err = d.planText(old, keys); err != nil {
		return err
	}
	if len(allow) > 0 {
		err = config.AddAllow(d.config, allow)
	}
	if err == nil && d.made[triage.Accepted] > 0 {
		err = b.Write(d.baseline)
	}
	if err == nil && d.plan != "" && len(d.text) > len(old) {
		err = atomicfile.Write(d.plan, d.text)
	}
	return err
}

// planText returns old with the plans of keys, given by their hashes, that are not
// in it. What is ticked off in old stays so.
func (d *decisions) planText(old []byte, keys []string) ([]byte, error) {
	b := bytes.NewBuffer(bytes.Clone(old))
	there := planMarks(old)
	if len(old) == 0 && len(keys) > 0 {
		b.WriteString("# Keys to rotate\n")
	}
	for _, hash := range keys {
		if there[planMark(hash)] {
			continue
		}
		there[planMark(hash)] = true
		b.WriteString("\n" + planMark(hash) + "\n")
		if err := report.WriteMarkdownPlan(b, d.plans[hash], report.Options{}); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// planStart begins the comment by which the plan of a key is found again.
const planStart = "<!-- keylint plan "

// planMark is that comment. A hash that holds what none does is of a forged report.
func planMark(hash string) string {
	hash = strings.Map(func(r rune) rune {
		if r == ':' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return '?'
	}, hash[:min(len(hash), 100)])
	return planStart + hash + " -->"
}

// planMarks returns the marks of the plans in a file.
func planMarks(text []byte) map[string]bool {
	marks := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, planStart) {
			marks[strings.TrimSpace(line)] = true
		}
	}
	return marks
}

// tell says what was written, and prints the plan if there is no file for it.
func (d *decisions) tell(w io.Writer) error {
	var b bytes.Buffer
	if len(d.made) == 0 {
		b.WriteString("nothing was marked, so nothing was written\n")
	}
	if n := d.made[triage.Accepted]; n > 0 {
		fmt.Fprintf(&b, "%s: %d accepted\n", displayPath(d.baseline), n)
	}
	if n := d.made[triage.False]; n > 0 {
		fmt.Fprintf(&b, "%s: %d false\n", displayPath(d.config), n)
	}
	switch n := d.made[triage.Rotate]; {
	case n > 0 && d.plan == "":
		fmt.Fprintf(&b, "%d to rotate: --plan FILE keeps this list\n\n", n)
		b.Write(d.text)
	case n > 0:
		fmt.Fprintf(&b, "%s: %d to rotate\n", displayPath(d.plan), n)
	}
	_, err := w.Write(b.Bytes())
	return err
}
