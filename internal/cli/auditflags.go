package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manyFlags are the flags of an audit of many repositories.
type manyFlags struct {
	from       string
	reposIn    []string
	orgs       []string
	api        string
	noArchived bool
	forks      bool
	parallel   int
	state      string
	sinceLast  bool
}

// manyHelp tells of audits of many repositories.
const manyHelp = "Several repositories, or any of --from-file, --repos-in, --org and --state, give one\n" +
	"report of all: each finding names its repository, a key stands once with all its\n" +
	"places, and each repository has its own configuration and baseline. A repository that\n" +
	"cannot be audited is a problem of the report, and the others go on. A line for each\n" +
	"that is done goes to standard error, unless --quiet is given.\n\n" +
	"--org asks the API of the forge for the repositories, with the token in GITHUB_TOKEN or\n" +
	"GH_TOKEN, GITLAB_TOKEN or GITEA_TOKEN, which is also what clones from that host log in\n" +
	"with; it is sent to no other host. Without a token, public repositories are audited.\n\n" +
	"With --state, what is done is kept in a file: after an interruption the same command\n" +
	"goes on where it stopped, and --since-last reports only what earlier audits did not.\n" +
	"The file holds reports with masked keys, and no key."

func (m *manyFlags) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&m.from, "from-file", "", "audit the repositories that `FILE` names, a path or URL a line; - reads standard input; lines with # are skipped")
	f.StringArrayVar(&m.reposIn, "repos-in", nil, "audit all repositories in `DIR`, up to four levels deep; may be repeated")
	f.StringArrayVar(&m.orgs, "org", nil, "audit the repositories of an organisation, group or user: the `URL` of its page on GitHub, GitLab, Gitea or Forgejo; may be repeated")
	f.StringVar(&m.api, "api-url", "", "the base `URL` of the API for --org, which ends with /api/v3 (GitHub), /api/v4 (GitLab) or /api/v1 (Gitea, Forgejo) (default: known for github.com, gitlab.com, codeberg.org, gitea.com)")
	f.BoolVar(&m.noArchived, "no-archived", false, "with --org, leave out archived repositories")
	f.BoolVar(&m.forks, "forks", false, "with --org, audit forks, too")
	f.IntVar(&m.parallel, "parallel", 0, "audit `N` repositories at once, between which --jobs is shared (default: one for two cores and for each GiB of free memory, at most 8)")
	f.StringVar(&m.state, "state", "", "keep what is done in `FILE`, to go on after an interruption and for --since-last")
	f.BoolVar(&m.sinceLast, "since-last", false, "report only what earlier audits with the same --state did not find")
	for _, name := range []string{"from-file", "repos-in", "org", "state", "since-last", "parallel"} {
		c.MarkFlagsMutuallyExclusive("home", name)
	}
}

// wanted reports whether the flags and arguments ask for an audit of many
// repositories.
func (m *manyFlags) wanted(args []string) bool {
	return len(args) > 1 || m.from != "" || len(m.reposIn) > 0 || len(m.orgs) > 0 || m.state != "" || m.sinceLast || m.api != "" || m.noArchived || m.forks || m.parallel != 0
}

// check refuses flags that would do nothing, or harm.
func (m *manyFlags) check(out *outputFlags) error {
	switch {
	case m.sinceLast && m.state == "":
		return errors.New("--since-last needs --state FILE, which knows what the last audit found")
	case (m.api != "" || m.noArchived || m.forks) && len(m.orgs) == 0:
		return errors.New("--api-url, --no-archived and --forks are about the repositories of an organisation: give --org as well")
	case m.state != "" && out.showSecrets:
		return errors.New("--state and --show-secrets exclude each other: the state holds no keys")
	case m.parallel < 0:
		return errors.New("--parallel: must not be negative")
	}
	return nil
}

// shownBy are the flags that decide how results are shown and not what they are.
var shownBy = []string{
	"format", "output", "html", "show-secrets", "no-color", "quiet", "verbose", "no-plan", "severity", "fail-on",
	"state", "since-last", "parallel", "jobs",
}

// settingsOf names all that the results of an audit depend on, but for what is
// audited: a digest, as addresses can hold passwords.
func settingsOf(f *pflag.FlagSet, args []string, rules string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	flags := map[string]string{}
	f.Visit(func(f *pflag.Flag) {
		if !slices.Contains(shownBy, f.Name) {
			flags[f.Name] = f.Value.String()
		}
		if f.Name == "config" || f.Name == "baseline" {
			text, _ := os.ReadFile(f.Value.String()) // who reads it reports the error
			flags[f.Name+" text"] = string(text)
		}
	})
	text, err := json.Marshal([]any{version(), rules, dir, args, flags})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
