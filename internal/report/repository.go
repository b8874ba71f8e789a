package report

import (
	"fmt"

	"github.com/agcloud/keylint/scanner"
)

// repositories says how many repositories a report is about, and of how many not
// everything was read: "50 repositories, 2 of them incomplete".
func repositories(list []scanner.Repository) string {
	text, incomplete := fmt.Sprintf("%d repositories", len(list)), 0
	if len(list) == 1 {
		text = "1 repository"
	}
	for _, r := range list {
		if !r.Complete {
			incomplete++
		}
	}
	if incomplete > 0 {
		text += fmt.Sprintf(", %d of them incomplete", incomplete)
	}
	return text
}

// outcome says what came of a repository: "clones/a at 0123456789ab: 2 findings".
func outcome(r scanner.Repository) string {
	text := escape(r.Name)
	if r.Head != "" {
		text += " at " + short(r.Head)
	}
	text += ": " + count(r.Findings, "finding")
	if !r.Complete {
		text += ", INCOMPLETE"
	}
	return text
}

// located returns a path in a repository, below the directory dir, or the
// repository when there is no path. The repository is empty where there is one
// target.
func located(dir, repository, path string) string {
	if repository == "" {
		return join(dir, path)
	}
	if path == "" {
		return join(dir, repository)
	}
	return join(dir, join(repository, path))
}

// place returns a path in a repository as text shows it: from where the user
// stands.
func (o *Options) place(repository, path string) string {
	if repository == "" {
		return o.local(path)
	}
	return located("", repository, path)
}
