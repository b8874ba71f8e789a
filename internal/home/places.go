package home

import "path"

// A kind is what a file in a home directory is for.
type kind int

const (
	history     kind = iota // what was typed
	profile                 // what a shell reads when it starts
	environment             // variables
	assistant               // settings and records of coding assistants
	credentials             // its purpose is to hold keys
)

// A place is a pattern of paths relative to the home directory, in the syntax of
// [path.Match] for each element; ** as the last element stands for all files
// below, up to maxDepth.
type place struct {
	pattern string
	kind    kind
}

// of makes places of one kind.
func of(k kind, patterns ...string) []place {
	var out []place
	for _, p := range patterns {
		out = append(out, place{p, k})
	}
	return out
}

// places lists where keys lie in home directories, by the documentation of the
// programs that make the files. The first place that has a file says what the
// file is for.
func places() []place {
	var out []place
	for _, list := range [][]place{
		of(credentials,
			".netrc", "_netrc", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pypirc", ".pgpass", ".my.cnf", ".mylogin.cnf",
			".docker/config.json", ".config/containers/auth.json", ".aws/credentials", ".aws/config", ".git-credentials", ".config/git/credentials",
			".config/gh/hosts.yml", ".config/hub", ".config/glab-cli/config.yml", ".config/tea/config.yml",
			".cargo/credentials", ".cargo/credentials.toml", ".gem/credentials", ".bundle/config", ".composer/auth.json", ".config/composer/auth.json",
			".config/pip/pip.conf", ".pip/pip.conf", ".m2/settings.xml", ".gradle/gradle.properties", ".nuget/NuGet/NuGet.Config", ".hex/hex.config",
			".terraformrc", ".terraform.d/credentials.tfrc.json", ".kube/config", ".vault-token", ".azure/*.json",
			".config/gcloud/application_default_credentials.json", ".config/hcloud/cli.toml", ".config/doctl/config.yaml", ".config/linode-cli",
			".s3cfg", ".boto", ".config/rclone/rclone.conf", ".config/stripe/config.toml", ".config/heroku/*", ".config/flyctl/*.yml", ".fly/config.yml",
			".wrangler/config/*.toml", ".config/.wrangler/config/*.toml", ".railway/config.json", ".local/share/com.vercel.cli/auth.json",
			".cache/huggingface/token", ".huggingface/token", ".kaggle/kaggle.json", ".config/io.datasette.llm/keys.json",
			".claude/.credentials.json", ".codex/auth.json", ".local/share/opencode/auth.json", ".config/github-copilot/*.json", ".config/agcloud/*",
			".ssh/id_*", ".ssh/*.pem"),
		of(environment, ".env", ".env.*", ".config/environment.d/*", ".pam_environment"),
		of(history,
			".bash_history", ".zsh_history", ".zhistory", ".histfile", ".sh_history", ".history", ".local/share/fish/fish_history",
			".bash_sessions/*", ".zsh_sessions/*", ".local/share/powershell/PSReadLine/*_history.txt",
			".python_history", ".node_repl_history", ".irb_history", ".pry_history", ".php_history", ".Rhistory",
			".psql_history", ".mysql_history", ".sqlite_history", ".rediscli_history", ".mongo_history", ".mongodb/mongosh/mongosh_repl_history",
			".lesshst", ".viminfo", ".wget-hsts"),
		of(profile,
			".profile", ".bashrc", ".bash_profile", ".bash_login", ".bash_aliases", ".bash_logout", ".zshrc", ".zprofile", ".zshenv", ".zlogin",
			".kshrc", ".cshrc", ".tcshrc", ".login", ".config/fish/config.fish", ".config/fish/fish_variables", ".config/fish/conf.d/*.fish",
			".config/powershell/*.ps1", ".config/nushell/*.nu", ".xprofile", ".xsessionrc", ".envrc", ".config/direnv/*", ".tmux.conf", ".gitconfig", ".config/git/config"),
		of(assistant,
			".claude.json", ".claude/**", ".codex/**", ".gemini/**", ".qwen/**", ".cursor/*.json", ".cursor/rules/**", ".continue/*", ".continue/config/**",
			".aider*", ".config/aider/*", ".codeium/windsurf/*.json", ".config/zed/settings.json", ".config/opencode/**", ".config/crush/**", ".config/goose/**",
			".config/Code/User/*.json", ".config/Cursor/User/*.json", "Library/Application Support/Code/User/*.json", "Library/Application Support/Cursor/User/*.json",
			"Library/Application Support/Claude/*.json", ".config/Claude/*.json", ".mcp.json"),
	} {
		out = append(out, list...)
	}
	return out
}

// kindOf returns what a file is for, by its path.
func kindOf(name string) kind {
	for _, p := range places() {
		if p.matches(name) {
			return p.kind
		}
	}
	return environment
}

// matches reports whether a path is at the place.
func (p place) matches(name string) bool {
	if dir, below := cutDeep(p.pattern); below {
		return len(name) > len(dir) && name[:len(dir)] == dir && name[len(dir)] == '/'
	}
	ok, err := path.Match(p.pattern, name)
	return ok && err == nil
}

// cutDeep returns the directory of a pattern for all files below one.
func cutDeep(pattern string) (dir string, ok bool) {
	if path.Base(pattern) != "**" {
		return "", false
	}
	return path.Dir(pattern), true
}
