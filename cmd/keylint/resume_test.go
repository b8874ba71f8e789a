package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/agcloud/keylint/internal/fakekey"
)

// The audit that is killed has 53 repositories: 50 directories, and three addresses
// at which nothing is, at these positions.
const directoryCount = 50

var addressAt = []int{12, 29, 40}

// makeRepositories makes repositories below dir: each with a key of its own, and
// every fifth also with one that they share. The history of the last is damaged.
func makeRepositories(t *testing.T, dir string) {
	t.Helper()
	for i := range directoryCount {
		repo := filepath.Join(dir, fmt.Sprintf("r%02d", i))
		git := func(args ...string) {
			c := exec.Command("git", args...)
			c.Dir = dir
			c.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com")
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("git %v: %v: %s", args, err, out)
			}
		}
		git("init", "-q", "-b", "main", repo)
		text := "AGCLOUD_API_KEY=" + fakekey.Gateway(uint64(1000+i)) + "\n"
		if i%5 == 0 {
			text += "AGCLOUD_API_KEY=" + fakekey.Gateway(999) + "\n"
		}
		if err := os.WriteFile(filepath.Join(repo, "app.cfg"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		git("-C", repo, "add", ".")
		git("-C", repo, "commit", "-q", "-m", "one")
	}
	packed := filepath.Join(dir, fmt.Sprintf("r%02d", directoryCount-1), ".git", "packed-refs")
	if err := os.WriteFile(packed, []byte("damaged\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A slowServer has no repositories. The request for one of its addresses it never
// answers: there the audit stands when it is killed.
type slowServer struct {
	*httptest.Server
	slow    atomic.Int32 // the address, -1 for none
	arrived chan struct{}
}

func newSlowServer(t *testing.T) *slowServer {
	s := &slowServer{arrived: make(chan struct{}, 10)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, fmt.Sprintf("/a%d/", s.slow.Load())) {
			s.arrived <- struct{}{}
			<-r.Context().Done()
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// names lists the repositories, one a line.
func (s *slowServer) names() string {
	var list []string
	for i := range directoryCount {
		for k, at := range addressAt {
			if len(list) == at {
				list = append(list, fmt.Sprintf("%s/a%d", s.URL, k))
			}
		}
		list = append(list, fmt.Sprintf("r%02d", i))
	}
	return strings.Join(list, "\n")
}

// An auditRun is what an audit said.
type auditRun struct {
	report  string
	done    int  // repositories that it told of
	resumed bool // whether it says that it goes on with another
	code    int
}

// audit audits the repositories in dir with a program. It gets a signal while it
// stands at the slow address, if there is one.
func (s *slowServer) audit(t *testing.T, program, dir string, slow int, signal os.Signal, args ...string) auditRun {
	t.Helper()
	s.slow.Store(int32(slow))
	c := exec.Command(program, append([]string{"audit", "--from-file", "list", "--no-cache", "--no-plan", "--format", "json"}, args...)...)
	c.Dir = dir
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if slow >= 0 {
		<-s.arrived
		c.Process.Signal(signal)
	}
	c.Wait()
	return auditRun{
		report: regexp.MustCompile(`"duration_ms":\d+`).ReplaceAllString(out.String(), `"duration_ms":0`),
		done:   strings.Count(said.String(), "keylint: ["), resumed: strings.Contains(said.String(), "going on with"), code: c.ProcessState.ExitCode(),
	}
}

// setUpAudit builds keylint and makes repositories for it.
func setUpAudit(t *testing.T) (s *slowServer, program, dir string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	dir, program = t.TempDir(), filepath.Join(t.TempDir(), "keylint.exe")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	makeRepositories(t, dir)
	s = newSlowServer(t)
	if err := os.WriteFile(filepath.Join(dir, "list"), []byte(s.names()), 0o600); err != nil {
		t.Fatal(err)
	}
	return s, program, dir
}

// TestAuditResumes kills an audit of 53 repositories several times, and compares
// what the run that comes to its end reports with what an uninterrupted one does.
func TestAuditResumes(t *testing.T) {
	s, program, dir := setUpAudit(t)
	whole := s.audit(t, program, dir, -1, nil)
	for text, want := range map[string]int{`"category":"secret"`: 50 + 10, `{"repository":"http://`: 3, `{"repository":"r49","`: 1, `{"name":`: 53 + 1, `"complete":false}}`: 1} {
		if n := strings.Count(whole.report, text); n != want || whole.code != 1 || whole.done != 53 {
			t.Fatalf("exit code %d, %d repositories, %d times %s, want %d", whole.code, whole.done, n, text, want)
		}
	}

	file := filepath.Join(dir, "state.db")
	for _, step := range []struct {
		slow      int
		parallel  string
		least, to int // repositories that it tells of
	}{{0, "1", 12, 12}, {1, "1", 17, 17}, {2, "2", 10, 22}} {
		r := s.audit(t, program, dir, step.slow, os.Kill, "--state", file, "--parallel", step.parallel)
		if r.report != "" || r.done < step.least || r.done > step.to || r.resumed != (step.slow > 0) {
			t.Fatalf("the run that is killed at %d: %d repositories, resumed %v, exit code %d", step.slow, r.done, r.resumed, r.code)
		}
	}
	checkState(t, file)
	last := s.audit(t, program, dir, -1, nil, "--state", file)
	if last.code != whole.code || last.report != whole.report {
		t.Errorf("exit code %d; the report after kills differs from that of one run: %s", last.code, cmp.Diff(strings.Split(whole.report, "\n"), strings.Split(last.report, "\n")))
	}
	if last.done < 1 || last.done > 53-12-17-10 {
		t.Errorf("%d repositories were done in the last run", last.done)
	}

	// The run has ended: the next one is a new one, and nothing is new to it.
	again := s.audit(t, program, dir, -1, nil, "--state", file, "--since-last")
	if again.done != 53 || again.resumed || again.code != 3 || strings.Contains(again.report, `"category":"secret"`) {
		t.Errorf("exit code %d after %d repositories, resumed %v", again.code, again.done, again.resumed)
	}
}

// TestAuditInterrupted stops an audit with Ctrl-C: it ends, reports what is
// done, says of all others that they were not audited, and goes on from there.
func TestAuditInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot send Ctrl-C to another")
	}
	s, program, dir := setUpAudit(t)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	r := s.audit(t, program, dir, 0, os.Interrupt, "--state", "state.db", "--parallel", "1")
	if r.code != 1 || r.done != 12 {
		t.Errorf("exit code %d, %d repositories", r.code, r.done)
	}
	if n := strings.Count(r.report, "not audited: interrupted"); n != 53-12 {
		t.Errorf("%d repositories are said to be left", n)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("the temporary clone is left: %v, %v", left, err)
	}
	last := s.audit(t, program, dir, -1, nil, "--state", "state.db")
	if last.code != 1 || last.done != 53-12 || !last.resumed || strings.Contains(last.report, "interrupted") {
		t.Errorf("exit code %d after %d repositories, resumed %v", last.code, last.done, last.resumed)
	}
}

// checkState makes sure that a state holds no key.
func checkState(t *testing.T, file string) {
	t.Helper()
	for _, name := range []string{file, file + "-journal"} {
		data, err := os.ReadFile(name)
		if name == file && !bytes.Contains(data, []byte("hmac-sha256:")) {
			t.Fatalf("the state holds no findings: %v", err)
		}
		for i := range directoryCount + 1 {
			for form, s := range forms(fakekey.Gateway(uint64(999 + i))) {
				if bytes.Contains(data, []byte(s)) {
					t.Errorf("%s holds key %d, %s", name, i, form)
				}
			}
		}
	}
}
