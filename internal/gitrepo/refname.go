package gitrepo

import "strings"

// A RefKind is what a reference is for, by its name.
type RefKind string

// The kinds there are.
const (
	KindBranch  RefKind = "branch"  // refs/heads/
	KindTag     RefKind = "tag"     // refs/tags/
	KindRemote  RefKind = "remote"  // refs/remotes/
	KindStash   RefKind = "stash"   // refs/stash
	KindNote    RefKind = "note"    // refs/notes/
	KindReplace RefKind = "replace" // refs/replace/
	KindOther   RefKind = "other"   // anything else below refs/
	// KindPseudo is what lies outside of refs/: HEAD, ORIG_HEAD, MERGE_HEAD and
	// others, also the files that a rebase keeps ids in.
	KindPseudo RefKind = "pseudo"
)

const replacePrefix = "refs/replace/"

// kindOf returns the kind of a reference of that name in its own working tree.
func kindOf(name string) RefKind {
	rest, ok := strings.CutPrefix(name, "refs/")
	if !ok {
		return KindPseudo
	}
	group, _, below := strings.Cut(rest, "/")
	switch {
	case rest == "stash":
		return KindStash
	case !below:
		return KindOther
	}
	switch group {
	case "heads":
		return KindBranch
	case "tags":
		return KindTag
	case "remotes":
		return KindRemote
	case "notes":
		return KindNote
	case "replace":
		return KindReplace
	}
	return KindOther
}

// perWorktree are the directories of references that each working tree has for
// itself; see https://git-scm.com/docs/git-worktree#_refs.
var perWorktree = [...]string{"refs/bisect", "refs/rewritten", "refs/worktree"}

// isShared reports whether all working trees share a reference.
func isShared(name string) bool {
	if !strings.HasPrefix(name, "refs/") {
		return false
	}
	for _, dir := range perWorktree {
		if rest, ok := strings.CutPrefix(name, dir); ok && strings.HasPrefix(rest, "/") {
			return false
		}
	}
	return true
}

// isRootRef reports whether a file of a git directory is a reference. See
// https://git-scm.com/docs/gitglossary#def_pseudoref and is_root_ref in git.
func isRootRef(name string) bool {
	switch name {
	case "AUTO_MERGE", "BISECT_EXPECTED_REV", "NOTES_MERGE_PARTIAL", "NOTES_MERGE_REF", "MERGE_AUTOSTASH":
		return true
	}
	return (name == "HEAD" || strings.HasSuffix(name, "_HEAD")) && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == ""
}

// isRefName reports whether git accepts a name: the rules of
// https://git-scm.com/docs/git-check-ref-format.
func isRefName(name string) bool {
	if name == "" || name == "@" || strings.HasSuffix(name, ".") {
		return false
	}
	last := byte('/')
	for i := range len(name) {
		c := name[i]
		switch {
		case c <= ' ' || c == 0x7f || strings.IndexByte("~^:?*[\\", c) >= 0:
			return false
		case last == '/' && (c == '/' || c == '.') || last == '.' && c == '.' || last == '@' && c == '{':
			return false
		case c == '/' && strings.HasSuffix(name[:i], ".lock"):
			return false
		}
		last = c
	}
	return last != '/' && !strings.HasSuffix(name, ".lock")
}
