package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner/githistory"
)

// judgePush scans the commits that a remote lacks. Git writes a line for each
// reference: its local name and id, and those on the remote; see
// https://git-scm.com/docs/githooks#_pre_push.
func (a *app) judgePush(ctx context.Context, f *hookFlags, args []string) error {
	if len(args) == 0 {
		return errors.New("pre-push takes the name and the address of the remote")
	}
	lines, err := a.lines(4)
	if err != nil {
		return err
	}
	repo, err := a.repository()
	if err != nil {
		return err
	}
	p := &githistory.Push{}
	var names []string // on the remote
	tracking := "refs/remotes/" + args[0] + "/"
	told := map[string]string{} // what the remote has now, by the reference that tracks it
	for _, l := range lines {
		name, id, old := l[0], l[1], l[3]
		told[tracking+strings.TrimPrefix(l[2], "refs/heads/")] = old
		if isZero(id) {
			continue // removed there
		}
		p.Refs = append(p.Refs, githistory.PushedRef{Name: name, ID: id})
		names = append(names, l[2])
		if !isZero(old) {
			p.Known = append(p.Known, old)
		}
	}
	refs, problems := repo.Refs()
	if len(problems) > 0 {
		return problems[0].Err
	}
	stale := ""
	for _, r := range refs {
		if !strings.HasPrefix(r.Name, tracking) || r.ID == "" || r.Target != "" || ofLonger(repo.Config, args[0], r.Name[len(tracking):]) {
			continue
		}
		// A reference of the last fetch may have what the remote got rid of since.
		if old, ok := told[r.Name]; !ok {
			p.Known = append(p.Known, r.ID)
		} else if old != r.ID {
			stale = strings.TrimPrefix(r.Name, "refs/remotes/")
		}
	}
	err = a.judgeRefs(ctx, f, p, names)
	if err == nil && a.code != exitClean && stale != "" {
		fmt.Fprintf(a.env.Stdout, "\nnote: the remote has something else than %s says: if commits above are there already, run git fetch and push again\n", redact(stale))
	}
	return err
}

// ofLonger reports whether a tracking reference, whose name begins with that of a
// remote, is one of another: of a/b where the remote is a.
func ofLonger(cfg *gitrepo.Config, remote, rest string) bool {
	for i, c := range rest {
		if c != '/' {
			continue
		}
		if _, ok := cfg.Get("remote." + remote + "/" + rest[:i] + ".url"); ok {
			return true
		}
	}
	return false
}

// isZero reports whether an id stands for nothing.
func isZero(id string) bool { return strings.Trim(id, "0") == "" }

// judgeRefs scans what a push brings along, and the names that references are to
// have where is pushed to.
func (a *app) judgeRefs(ctx context.Context, f *hookFlags, p *githistory.Push, names []string) error {
	if len(p.Refs) == 0 {
		return nil
	}
	job, err := a.prepareHistory(ctx, &f.rule, githistory.Options{NoCache: true, Range: githistory.Range{Push: p}}, ".")
	if err != nil {
		return err
	}
	if err := a.run(ctx, job, &f.out, &f.verdict); err != nil {
		return err
	}
	for _, name := range names {
		if m := keyIn(job.options.Rules, name); m != nil {
			a.code = max(a.code, exitFindings)
			fmt.Fprintf(a.env.Stdout, "\n%s: the name of a reference holds a key (%s): give it another name\n", redact(name), m.Rule.Title)
		}
	}
	return nil
}

// receiveTimeout is how long a pre-receive hook may take unless keylint.timeout says
// otherwise: people wait for it.
const receiveTimeout = time.Minute

// judgeReceived scans, on a server, what is pushed and no reference has. Git writes
// a line for each reference: its old and new id, and its name; see
// https://git-scm.com/docs/githooks#pre-receive. The new objects lie in quarantine,
// which the environment names.
func (a *app) judgeReceived(ctx context.Context, f *hookFlags) error {
	lines, err := a.lines(3)
	if err != nil {
		return err
	}
	repo, err := a.repository()
	if err != nil {
		return err
	}
	p := &githistory.Push{}
	var names []string
	for _, l := range lines {
		if id := l[1]; !isZero(id) {
			names = append(names, l[2])
			p.Refs = append(p.Refs, githistory.PushedRef{Name: l[2], ID: id})
		}
	}
	if skip, err := a.skipped(repo, lines); skip || err != nil {
		return err
	}
	refs, problems := repo.Refs()
	if len(problems) > 0 {
		return problems[0].Err
	}
	for _, r := range refs {
		if strings.HasPrefix(r.Name, "refs/") && r.ID != "" {
			p.Known = append(p.Known, r.ID)
		}
	}
	limit, err := timeout(repo)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err = a.judgeRefs(ctx, f, p, names)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("the scan took longer than %s: push fewer commits at a time, or ask the server's administrator to raise keylint.timeout", limit)
	}
	return err
}

// timeout returns the time that the server's configuration gives to a push.
func timeout(repo *gitrepo.Repo) (time.Duration, error) {
	v, ok := repo.Config.Get("keylint.timeout")
	if !ok {
		return receiveTimeout, nil
	}
	d, err := time.ParseDuration(v.Value)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%s:%d: keylint.timeout is %q, which is no length of time: write 30s or 2m", v.File, v.Line, v.Value)
	}
	return d, nil
}

// skipOption is the push option that asks for no scan.
const skipOption = "keylint.skip"

// skipped reports whether a push is to pass unscanned: who pushes asks for it, and
// the server's configuration allows it. What passes so is written to
// keylint/skipped.log in the git directory.
func (a *app) skipped(repo *gitrepo.Repo, lines [][]string) (bool, error) {
	n, _ := strconv.Atoi(a.env.Getenv("GIT_PUSH_OPTION_COUNT"))
	asked := false
	for i := range min(n, 1000) {
		asked = asked || a.env.Getenv("GIT_PUSH_OPTION_"+strconv.Itoa(i)) == skipOption
	}
	if !asked {
		return false, nil
	}
	allowed, err := repo.Config.Bool("keylint.allowskip", false)
	if err != nil {
		return false, err
	}
	if !allowed {
		fmt.Fprintf(a.env.Stderr, "keylint: this server does not allow %s: the push is scanned\n", skipOption)
		return false, nil
	}
	if err := a.logSkip(repo, lines); err != nil {
		return false, fmt.Errorf("the push asks for %s, which is to be written down: %w", skipOption, err)
	}
	fmt.Fprintf(a.env.Stderr, "keylint: not scanned, as %s asks; this is written down\n", skipOption)
	return true, nil
}

// logSkip appends a line for each reference: time, user, name, old and new id.
func (a *app) logSkip(repo *gitrepo.Repo, lines [][]string) error {
	dir := filepath.Join(repo.CommonDir, "keylint")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var b strings.Builder
	for _, l := range lines {
		user := ""
		for _, name := range []string{"GL_USERNAME", "REMOTE_USER", "USER"} {
			if user = a.env.Getenv(name); user != "" {
				break
			}
		}
		fmt.Fprintf(&b, "%s %q %q %q %q\n", time.Now().UTC().Format(time.RFC3339), user, redact(l[2]), l[0], l[1])
	}
	file, err := os.OpenFile(filepath.Join(dir, "skipped.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(b.String())
	return errors.Join(err, file.Close())
}
