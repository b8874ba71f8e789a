package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// fetchLimit is the longest that fetching for --deepen may take in all.
const fetchLimit = 5 * time.Minute

// deepen has git fetch what the range lacks, little at first, until choose finds
// a range. That it cannot is no error: then all that is there is judged.
func (p *ciPlanner) deepen() error {
	ctx, cancel := context.WithTimeout(p.ctx, fetchLimit)
	defer cancel()
	var failed error
	for _, how := range []string{"--deepen=100", "--deepen=1000", "--unshallow"} {
		shallow := p.history.Shallow()
		failed = p.fetchMissing(ctx, shallow)
		if shallow {
			failed = errors.Join(failed, p.fetchDeeper(ctx, how))
		}
		if err := p.open(); err != nil {
			return err
		}
		if p.choose() {
			p.note("the clone was deepened, to reach the base")
			return nil
		}
		if !shallow || ctx.Err() != nil {
			break
		}
	}
	if failed != nil {
		p.note("the clone could not be deepened: %s", strings.ReplaceAll(failed.Error(), "\n", "; "))
	}
	return nil
}

// fetchMissing fetches the head, and the best base, where they are not there.
func (p *ciPlanner) fetchMissing(ctx context.Context, shallow bool) error {
	var wanted []string
	if _, _, ok := p.head(); !ok && len(p.run.Heads) > 0 && p.flags.head == "" {
		wanted = append(wanted, p.run.Heads[0])
	}
	if list := p.bases(); len(list) > 0 {
		if _, err := p.commits.Find(list[0].Rev); err != nil {
			wanted = append(wanted, list[0].Rev)
		}
	}
	var failed error
	for _, rev := range wanted {
		spec, ok := refspec(rev)
		if !ok {
			continue
		}
		args := []string{"origin", spec}
		if shallow { // in a whole clone that would cut history off
			args = append([]string{"--depth=1"}, args...)
		}
		failed = errors.Join(failed, p.fetch(ctx, args...))
	}
	return failed
}

// fetchDeeper fetches more of what leads to the head; where the server does not
// give single commits, of all branches that are followed.
func (p *ciPlanner) fetchDeeper(ctx context.Context, how string) error {
	if head, _, ok := p.head(); ok && p.fetch(ctx, how, "origin", head) == nil {
		return nil
	}
	return p.fetch(ctx, how, "origin")
}

// refspec returns what has git fetch a commit, by its full id, or a branch of the
// remote, by its tracking reference. Nothing else is handed to git.
func refspec(rev string) (string, bool) {
	if branch, ok := strings.CutPrefix(rev, "refs/remotes/origin/"); ok && branch != "HEAD" {
		return "+refs/heads/" + branch + ":" + rev, true
	}
	return rev, fullID.MatchString(rev)
}

var fullID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// fetch runs the user's git fetch, without hooks, questions and upkeep.
func (p *ciPlanner) fetch(ctx context.Context, args ...string) error {
	dir := p.repo.WorkTree
	if dir == "" {
		dir = p.repo.GitDir
	}
	args = append([]string{"-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.hooksPath=" + os.DevNull,
		"fetch", "--quiet", "--no-tags", "--no-recurse-submodules"}, args...)
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GCM_INTERACTIVE=never", "LC_ALL=C")
	cmd.WaitDelay = time.Second
	said := &beginning{}
	cmd.Stderr = said
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("git fetch took too long")
	case said.first() == "":
		return fmt.Errorf("git fetch: %w", err)
	}
	return fmt.Errorf("git fetch: %s", said.first())
}

// A beginning keeps the first kilobyte that is written to it.
type beginning struct{ text []byte }

// Write implements io.Writer.
func (b *beginning) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), 1024-len(b.text))]...)
	return len(p), nil
}

// first returns the first line, without keys and without the users and passwords
// of addresses.
func (b *beginning) first() string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(b.text)), "\n")
	return redact(userInfo.ReplaceAllString(line, "://"))
}

// userInfo matches what stands before the host of an address (RFC 3986, section
// 3.2.1).
var userInfo = regexp.MustCompile(`://[^/\s'"]*@`)
