package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/hooks"
	"github.com/agcloud/keylint/internal/gitrepo"
)

func (a *app) hookInstallCommand() *cobra.Command {
	var global, write, direct bool
	c := &cobra.Command{
		Use:   "install [HOOK...]",
		Short: "install hooks",
		Long: "Installs the named hooks of git, without names " + strings.Join(hooks.Default(), " and ") + ": " + hookNames() + ";\n" +
			"and " + agentName + ", which tells the agent of this name to ask keylint before it uses a\n" +
			"tool or takes a prompt. A hook that is there stays and runs first. Where pre-commit,\n" +
			"husky or lefthook own the hooks, the lines that their file needs are shown, and added\n" +
			"with --write.",
		RunE: func(_ *cobra.Command, args []string) error {
			list, agent, err := hooksNamed(args)
			if err != nil {
				return err
			}
			if global {
				return a.installGlobal(list, agent)
			}
			return a.installHere(list, agent, write, direct)
		},
	}
	c.Flags().BoolVar(&global, "global", false, "install for all repositories of this user, by core.hooksPath; the hooks of each repository go on to run")
	c.Flags().BoolVar(&write, "write", false, "add the lines to the file of the hook manager")
	c.Flags().BoolVar(&direct, "direct", false, "install git's own hook also where a hook manager is in use")
	c.MarkFlagsMutuallyExclusive("global", "write", "direct")
	return c
}

// binary returns the path of this program for hooks to run: what is installed, and
// not what go run has built for the moment.
func binary() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	if strings.Contains(filepath.ToSlash(path), "/go-build") {
		if path, err = exec.LookPath("keylint"); err != nil {
			return "", errors.New("hooks need an installed keylint: run “go install github.com/agcloud/keylint/cmd/keylint@latest” and then “keylint hook install”")
		}
	}
	return filepath.Abs(path)
}

func (a *app) installHere(list []hooks.Hook, agent, write, direct bool) error {
	repo, err := a.repository()
	if err != nil {
		return err
	}
	path, err := binary()
	if err != nil {
		return incomplete("%w", err)
	}
	if agent {
		if repo.WorkTree == "" {
			return errors.New("an agent works in a checkout: run it in one")
		}
		said, err := hooks.InstallAgent(repo.WorkTree)
		if err != nil {
			return incomplete("%w", err)
		}
		a.say(said)
	}
	if managed := managedBy(repo, list); len(managed) > 0 && !direct {
		return a.installManaged(repo, managed, write)
	}
	if len(list) == 0 {
		return nil
	}
	dir, err := hooks.Of(repo, path)
	if err != nil {
		return incomplete("%w", err)
	}
	for _, h := range list {
		said, err := dir.Install(h)
		if err != nil {
			return incomplete("%w", err)
		}
		a.say(said)
	}
	fmt.Fprintln(a.env.Stdout, "“keylint hook doctor” proves that it works")
	return nil
}

// managedBy returns what the hook managers of a repository need for some hooks.
func managedBy(repo *gitrepo.Repo, list []hooks.Hook) []hooks.Manager {
	var out []hooks.Manager
	for _, h := range list {
		for _, m := range hooks.Managed(repo.WorkTree, moduleVersion(), h.Name) {
			if !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out
}

// installManaged shows what the files of hook managers need, or adds it.
func (a *app) installManaged(repo *gitrepo.Repo, managed []hooks.Manager, write bool) error {
	for _, m := range managed {
		if write {
			said, err := m.Add(repo.WorkTree)
			if err != nil {
				return incomplete("%w", err)
			}
			a.say(said)
			continue
		}
		fmt.Fprintf(a.env.Stdout, "%s owns the hooks here. Add this to %s:\n\n%s\n", m.Name, m.File, m.Snippet)
	}
	if !write {
		a.code = exitFindings
		fmt.Fprintln(a.env.Stdout, "nothing is installed so far: --write adds it, --direct installs git's own hook beside it")
	}
	return nil
}

// moduleVersion returns the version that others can ask for: that of the module, or
// the commit.
func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if ok && strings.HasPrefix(info.Main.Version, "v") {
		return info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return "main"
}

func (a *app) installGlobal(list []hooks.Hook, agent bool) error {
	path, err := binary()
	if err != nil {
		return incomplete("%w", err)
	}
	if agent {
		said, err := hooks.InstallAgent(a.env.Getenv("HOME"))
		if err != nil {
			return incomplete("%w", err)
		}
		a.say(said)
	}
	if len(list) == 0 {
		return nil
	}
	if i := slices.IndexFunc(list, func(h hooks.Hook) bool { return h.Server }); i >= 0 {
		return fmt.Errorf("%s runs in the repository of a server: install it there, without --global", list[i].Name)
	}
	g, err := hooks.OfUser(a.env.Getenv, path)
	if err != nil {
		return incomplete("%w", err)
	}
	said, err := g.Install(list)
	for _, s := range said {
		a.say(s)
	}
	if err != nil {
		return incomplete("%w", err)
	}
	return nil
}

func (a *app) hookUninstallCommand() *cobra.Command {
	var global bool
	c := &cobra.Command{
		Use:   "uninstall [HOOK...]",
		Short: "remove hooks, and put back what was there before",
		Long:  "Removes the named hooks, without names all that keylint installed, also from the\nfiles of hook managers and agents. What was there before is put back byte for byte.",
		RunE: func(_ *cobra.Command, args []string) error {
			if global {
				return a.uninstallGlobal(args)
			}
			return a.uninstallHere(args)
		},
	}
	c.Flags().BoolVar(&global, "global", false, "remove what --global installed")
	return c
}

func (a *app) uninstallHere(names []string) error {
	all := len(names) == 0
	if all {
		names = append(strings.Split(hookNames(), ", "), agentName)
	}
	list, agent, err := hooksNamed(names)
	if err != nil {
		return err
	}
	repo, err := a.repository()
	if err != nil {
		return err
	}
	var said []string
	var errs []error
	note := func(s string, err error) {
		if s != "" {
			said = append(said, s)
		}
		errs = append(errs, err)
	}
	dirs := []string{filepath.Join(repo.CommonDir, "hooks")}
	if path, _ := repo.HooksDir(); isUsers(a.env.Getenv, path) {
		note(redact(displayPath(path))+" stays, as it is for all repositories: “keylint hook uninstall --global” removes it", nil)
	} else if path != dirs[0] { // core.hooksPath may be newer than hooks that were installed
		dirs = append(dirs, path)
	}
	for _, dir := range dirs {
		for _, h := range list {
			note(hooks.Dir{Path: dir}.Uninstall(h))
		}
	}
	if agent && repo.WorkTree != "" {
		note(hooks.UninstallAgent(repo.WorkTree))
	}
	for _, m := range managedBy(repo, list) {
		if all || m.Name != "pre-commit" {
			note(m.Remove(repo.WorkTree))
		}
	}
	return a.uninstalled(said, errors.Join(errs...))
}

// uninstalled tells what was done.
func (a *app) uninstalled(said []string, err error) error {
	for _, s := range said {
		a.say(s)
	}
	if err != nil {
		return incomplete("%w", err)
	}
	if len(said) == 0 {
		fmt.Fprintln(a.env.Stdout, "nothing of keylint is installed here")
	}
	return nil
}

func (a *app) uninstallGlobal(names []string) error {
	if len(names) > 0 && !slices.Equal(names, []string{agentName}) {
		return errors.New("--global removes all hooks together: name none, or " + agentName)
	}
	var said []string
	var errs []error
	if s, err := hooks.UninstallAgent(a.env.Getenv("HOME")); s != "" || err != nil {
		said, errs = append(said, s), append(errs, err)
	}
	if len(names) == 0 {
		g, err := hooks.OfUser(a.env.Getenv, "")
		if err != nil {
			return incomplete("%w", err)
		}
		s, err := g.Uninstall()
		said, errs = append(said, s...), append(errs, err)
	}
	return a.uninstalled(said, errors.Join(errs...))
}
