package scanner

import (
	"time"

	"github.com/agcloud/keylint/rules"
)

// Schema names the version of the report format that these types marshal to.
const Schema = "keylint/report/v1"

// The origins of a finding: the kind of text that held it.
const (
	OriginBlob          = "blob"
	OriginCommitMessage = "commit-message"
	OriginTagMessage    = "tag-message"
	OriginNote          = "note"
	OriginFileName      = "file-name"
)

// A Finding is one key in one place, or one bad habit. It marshals to an
// element of "findings" in the report format.
type Finding struct {
	ID         string           `json:"id"` // fingerprint: rule, key and path; never line or commit
	Rule       string           `json:"rule"`
	Category   string           `json:"category"` // rules.CategorySecret or rules.CategoryHygiene
	Severity   rules.Severity   `json:"severity"`
	Confidence rules.Confidence `json:"confidence"`
	Message    string           `json:"message"`
	Help       string           `json:"help,omitempty"` // what to do next
	Secret     *SecretInfo      `json:"secret,omitempty"`
	Name       string           `json:"name,omitempty"` // the variable or field that holds the key

	Source string `json:"source"`           // worktree, index, history, stdin, archive
	Origin string `json:"origin,omitempty"` // one of the Origin constants; empty means OriginBlob
	// Repository names the repository that Path lies in, as Target.Repositories does.
	// It is empty in a report of one target. Ids are told apart within a repository.
	Repository string `json:"repository,omitempty"`
	Path       string `json:"path"` // relative to Target.Path or the repository, with forward slashes
	Location
	Encoding []rules.Encoding `json:"encoding,omitempty"` // outermost first
	Frame    []FrameLine      `json:"frame,omitempty"`

	Commit      *Commit      `json:"commit,omitempty"`
	Removed     *CommitRef   `json:"removed,omitempty"`
	LastSeen    *CommitRef   `json:"last_seen,omitempty"` // the last commit that had it
	AtHead      *bool        `json:"at_head,omitempty"`   // nil where the question has no meaning
	Pushed      *bool        `json:"pushed,omitempty"`    // whether a remote-tracking reference leads to it
	Occurrences []Occurrence `json:"occurrences,omitempty"`
	// OccurrencesLeftOut counts those that are not listed because they are many.
	OccurrencesLeftOut int           `json:"occurrences_left_out,omitempty"`
	Verify             *Verification `json:"verification,omitempty"`
	Fix                *Fix          `json:"fix,omitempty"`
	// Older says that the finding was there before the range that is judged. It is
	// listed and does not count.
	Older bool `json:"older,omitempty"`
}

// A Location is a place in a text as stored. Lines and columns start at 1 and
// columns count bytes; the end column is the one after the last byte. The
// zero Location means the text as a whole.
type Location struct {
	Line      int `json:"line,omitempty"`
	Column    int `json:"column,omitempty"`
	EndLine   int `json:"end_line,omitempty"`
	EndColumn int `json:"end_column,omitempty"`
}

// A SecretInfo is what a report tells of a key.
type SecretInfo struct {
	Redacted string `json:"redacted"`
	Length   int    `json:"length"` // of the decoded key, in bytes
	Hash     string `json:"hash"`   // rules.Secret.Hash
	// Value is the plaintext. It is filled in only when the user asked for it
	// with --show-secrets, and by nothing but the report layer.
	Value string `json:"value,omitempty"`

	// Secret is the key in memory, for baselines and verification; absent in
	// findings that were read from a report.
	Secret rules.Secret `json:"-"`
}

// A FrameLine is a line of source around a finding. All keys in it are masked.
type FrameLine struct {
	Number int    `json:"line"`
	Text   string `json:"text"` // without line ending, at most 160 bytes, valid UTF-8
	// Start and End are the byte range of Text to underline; both are 0 on
	// lines of context.
	Start int `json:"start,omitempty"`
	End   int `json:"end,omitempty"`
}

// A Commit is the commit that introduced a finding.
type Commit struct {
	ID      string    `json:"id"`
	Author  string    `json:"author"`
	Email   string    `json:"email"`
	Time    time.Time `json:"time"`
	Subject string    `json:"subject"`
	Refs    []string  `json:"refs,omitempty"` // the first of those that lead to it
	// RefsTotal counts all references that lead to it.
	RefsTotal int `json:"refs_total,omitempty"`
}

// A CommitRef names a commit and when it was made.
type CommitRef struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
}

// An Occurrence is a further place of the same key.
type Occurrence struct {
	Path   string `json:"path"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Commit string `json:"commit,omitempty"`
	Blob   string `json:"blob,omitempty"`
}

// The states of a verification.
const (
	StatusLive       = "live"       // the service accepts the key
	StatusRestricted = "restricted" // the key is real, but may do little: no balance, no quota
	StatusDead       = "dead"       // the service refuses the key
	StatusUnknown    = "unknown"    // the service gave no answer that says
	StatusNotTried   = "not-tried"  // the service was not asked
)

// A Verification says whether the service still accepts a key.
type Verification struct {
	Status  string            `json:"status"` // one of the Status constants
	Reason  string            `json:"reason,omitempty"`
	Facts   map[string]string `json:"facts,omitempty"`  // what the service told of the key: account, scopes
	Next    string            `json:"next,omitempty"`   // what to do; takes the place of the finding's help
	Checked time.Time         `json:"checked,omitzero"` // when the service was asked
}

// Works reports whether the service accepts the key, however little it allows.
func (v *Verification) Works() bool {
	return v.Status == StatusLive || v.Status == StatusRestricted
}

// A Fix is a change that would mend a finding.
type Fix struct {
	Description string `json:"description"`
	Edits       []Edit `json:"edits,omitempty"`
	// Untrack are files to take out of git's index; they stay on disk.
	Untrack []string `json:"untrack,omitempty"`
	// Private are files that only their owner is to read and write: mode 0600.
	Private []string `json:"private,omitempty"`
}

// An Edit replaces a byte range of a file. Its text never holds a key.
type Edit struct {
	Path  string `json:"path"`
	Start int    `json:"start"` // byte offset
	End   int    `json:"end"`   // byte offset; equal to Start to insert
	New   string `json:"new"`
}

// A Problem is something that could not be read or judged. One problem makes
// a scan incomplete.
type Problem struct {
	Repository string `json:"repository,omitempty"` // see Finding
	Path       string `json:"path,omitempty"`
	Object     string `json:"object,omitempty"` // id of a git object
	Reason     string `json:"reason"`           // with the next step where there is one
}

// A Notice is advice on the scan itself, such as an allow directive that
// allows nothing. Notices do not make a scan incomplete.
type Notice struct {
	Repository string `json:"repository,omitempty"` // see Finding
	Path       string `json:"path,omitempty"`
	Line       int    `json:"line,omitempty"`
	Reason     string `json:"reason"`
}

// A Target is what was scanned.
type Target struct {
	Kind string `json:"kind"` // worktree, file, stdin, index, history, range, audit
	Path string `json:"path,omitempty"`
	Head string `json:"head,omitempty"`
	Refs int    `json:"refs,omitempty"`
	// Repositories are what was audited, in order, where that is many.
	Repositories []Repository `json:"repositories,omitempty"`
}

// A Repository is one of those that a report of many is about.
type Repository struct {
	Name     string `json:"name"` // its path as the user sees it, or its address without user and password
	Head     string `json:"head,omitempty"`
	Refs     int    `json:"refs,omitempty"`
	Findings int    `json:"findings"`
	Complete bool   `json:"complete"` // see Summary
}

// Coverage counts what was scanned.
type Coverage struct {
	Files   int   `json:"files"` // scanned as text
	Commits int   `json:"commits"`
	Merges  int   `json:"merges"`
	Blobs   int   `json:"blobs"`
	Bytes   int64 `json:"bytes"` // scanned as text
	// Skipped counts what was not scanned as text, by reason: binary,
	// too_large, excluded, symlink, special.
	Skipped map[string]int `json:"skipped"`
}

// A Summary closes a scan.
type Summary struct {
	Findings   int      `json:"findings"`
	Baselined  int      `json:"baselined,omitempty"` // accepted by the baseline, not in Findings
	Allowed    int      `json:"allowed,omitempty"`   // accepted by allow directives, not in Findings
	Known      int      `json:"known,omitempty"`     // had by earlier audits, not in Findings
	Coverage   Coverage `json:"coverage"`
	DurationMS int64    `json:"duration_ms"`
	// Complete reports whether everything asked for was read. It is false
	// when there is a problem, when the scan was interrupted, and when there
	// was nothing to scan.
	Complete bool `json:"complete"`
}

// A Report is a whole scan, in the order of the report format.
type Report struct {
	Schema   string     `json:"schema"`
	Tool     Tool       `json:"tool"`
	Target   Target     `json:"target"`
	Findings []*Finding `json:"findings"`
	Problems []Problem  `json:"problems"`
	Notices  []Notice   `json:"notices,omitempty"`
	Rotation []Rotation `json:"rotation,omitempty"`
	Summary  Summary    `json:"summary"`
}

// A Tool names the program that made a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Rules   string `json:"rules"` // rules.Set.Hash
}
