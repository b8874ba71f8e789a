package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/hooks"
	"github.com/agcloud/keylint/internal/gitrepo"
)

func (a *app) hookCommand() *cobra.Command {
	return group(&cobra.Command{
		Use: "hook", Short: "install and run what stops keys on their way out",
		Long: "Installs hooks of git, of hook managers and of coding agents that run keylint, tells\n" +
			"what runs where, and proves that it works.",
	}, a.hookInstallCommand(), a.hookUninstallCommand(), a.hookStatusCommand(), a.hookDoctorCommand(), a.hookRunCommand())
}

// agentName is the name of the coding agent whose hooks keylint knows.
const agentName = "claude-code"

func hookNames() string {
	var names []string
	for _, h := range hooks.Known() {
		names = append(names, h.Name)
	}
	return strings.Join(names, ", ")
}

// hooksNamed returns the hooks of git that are named, and whether the agent's are.
func hooksNamed(names []string) (list []hooks.Hook, agent bool, err error) {
	if len(names) == 0 {
		names = hooks.Default()
	}
	for _, name := range names {
		if name == agentName {
			agent = true
			continue
		}
		h, err := hooks.Find(name)
		if err != nil {
			return nil, false, fmt.Errorf("%w, or %s", err, agentName)
		}
		list = append(list, h)
	}
	return list, agent, nil
}

// repository returns the repository of the current directory.
func (a *app) repository() (*gitrepo.Repo, error) {
	r, err := gitrepo.Discover(".", gitrepo.Options{Getenv: a.env.Getenv, GitDirEnv: true})
	if err != nil {
		return nil, incomplete("%w: run it in a git repository", err)
	}
	return r, nil
}

// say prints a sentence unless it is empty.
func (a *app) say(text string) {
	if text != "" {
		fmt.Fprintln(a.env.Stdout, redact(text))
	}
}

func (a *app) hookStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "tell what runs where", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			repo, err := a.repository()
			if err != nil {
				return err
			}
			path, set := repo.HooksDir()
			fmt.Fprintf(a.env.Stdout, "git runs the hooks in %s\n", redact(displayPath(path)))
			if set.File != "" {
				fmt.Fprintf(a.env.Stdout, "as core.hooksPath says in %s:%d\n", redact(displayPath(set.File)), set.Line)
			}
			w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
			for _, h := range hooks.Known() {
				if h.Server && repo.WorkTree != "" {
					continue
				}
				s := hooks.Dir{Path: path, Global: isUsers(a.env.Getenv, path)}.Status(h)
				before := ""
				if s.Before != "" {
					before = "; before it runs " + filepath.Base(s.Before)
				}
				fmt.Fprintf(w, "%s\t%s%s\n", h.Name, s.State, before)
			}
			w.Flush()
			for _, m := range hooks.Managed(repo.WorkTree, moduleVersion(), "pre-commit") {
				fmt.Fprintf(a.env.Stdout, "%s owns hooks by %s: %s\n", m.Name, m.File, m.State(repo.WorkTree))
			}
			return nil
		},
	}
}

// isUsers reports whether a directory of hooks is that of --global.
func isUsers(getenv func(string) string, path string) bool {
	g, err := hooks.OfUser(getenv, "")
	return err == nil && g.Path == path
}

func (a *app) hookDoctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor [HOOK...]", Short: "prove that hooks stop a key",
		Long: "Plants a generated key where each installed hook looks, runs the hook as git would, and\n" +
			"does the same with something harmless. Index, objects and references of the repository\n" +
			"are not touched. The exit code is 1 when a hook does not do its work.",
		RunE: func(c *cobra.Command, args []string) error {
			repo, err := a.repository()
			if err != nil {
				return err
			}
			named, _, err := hooksNamed(args)
			if err != nil {
				return err
			}
			return a.examine(c, repo, named, len(args) > 0)
		},
	}
}

// examine tries hooks: those named, or those that are installed.
func (a *app) examine(c *cobra.Command, repo *gitrepo.Repo, named []hooks.Hook, only bool) error {
	path, set := repo.HooksDir()
	dir := hooks.Dir{Path: path, Global: isUsers(a.env.Getenv, path)}
	list := named
	if !only {
		list = slices.DeleteFunc(hooks.Known(), func(h hooks.Hook) bool { return dir.Status(h).State == hooks.Absent })
	}
	if len(list) == 0 {
		a.code = exitFindings
		fmt.Fprintf(a.env.Stdout, "no hook is installed in %s, where git looks: run “keylint hook install”\n", redact(displayPath(path)))
		if own := filepath.Join(repo.CommonDir, "hooks"); set.File != "" && own != path {
			fmt.Fprintf(a.env.Stdout, "core.hooksPath in %s:%d says so; hooks in %s are not run\n", redact(displayPath(set.File)), set.Line, redact(displayPath(own)))
		}
		return nil
	}
	for _, h := range list {
		s := dir.Status(h)
		if s.State == hooks.Absent || s.State == hooks.Inactive {
			a.code = exitFindings
			fmt.Fprintf(a.env.Stdout, "%s: FAILS: %s\n", h.Name, s.State)
			continue
		}
		t, err := dir.Try(c.Context(), repo, h)
		switch {
		case err != nil:
			return incomplete("%s: it could not be tried: %w", h.Name, err)
		case t.Stopped && t.Passed:
			fmt.Fprintf(a.env.Stdout, "%s: works: it stopped a planted key and let a harmless change pass\n", h.Name)
		default:
			a.code = exitFindings
			fmt.Fprintf(a.env.Stdout, "%s: FAILS: %s\n", h.Name, redact(t.Why))
		}
	}
	return nil
}
