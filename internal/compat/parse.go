package compat

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// addIgnore reads a .gitleaksignore.
func (a *Allowances) addIgnore(data []byte) {
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		file, e, ok := parseFingerprint(line)
		if !ok {
			odd := &a.files[len(a.files)-1].odd
			*odd = append(*odd, n)
			continue
		}
		a.put(file, e)
	}
}

// parseFingerprint reads commit:file:rule:line or file:rule:line.
func parseFingerprint(text string) (file string, e entry, ok bool) {
	rest, number, ok := cutLast(text)
	if !ok {
		return "", e, false
	}
	line, err := strconv.Atoi(number)
	if err != nil || line < 1 {
		return "", e, false
	}
	file, rule, ok := cutLast(rest)
	if !ok || rule == "" || file == "" {
		return "", e, false
	}
	if commit, after, found := strings.Cut(file, ":"); found && isCommit(commit) {
		e.commit, file = commit, after
	}
	e.line = line
	return file, e, file != ""
}

// cutLast cuts text at its last colon.
func cutLast(text string) (before, after string, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return "", "", false
	}
	return text[:i], text[i+1:], true
}

// isCommit reports whether s is the whole id of a commit, of SHA-1 or SHA-256.
func isCommit(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

// addDetectSecrets reads a baseline of detect-secrets. A secret that an audit has
// called a real one is not accepted.
func (a *Allowances) addDetectSecrets(data []byte) error {
	var doc struct {
		Results map[string][]struct {
			Hash   string `json:"hashed_secret"`
			Secret *bool  `json:"is_secret"`
		} `json:"results"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return a.failed("baseline of detect-secrets", err)
	}
	if doc.Results == nil {
		return a.failed("baseline of detect-secrets", errors.New("it has no results"))
	}
	for file, list := range doc.Results {
		for _, s := range list {
			real := s.Secret != nil && *s.Secret
			if hash := strings.ToLower(s.Hash); !real && isCommit(hash) {
				a.put(file, entry{sha1: hash})
			}
		}
	}
	return nil
}

// addReport reads a JSON report of gitleaks. Where the secret is redacted the line
// counts.
func (a *Allowances) addReport(data []byte) error {
	var list []struct {
		File, Commit, Secret, Match string
		StartLine, EndLine          int
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return a.failed("report of gitleaks", err)
	}
	for _, f := range list {
		if f.File == "" {
			continue
		}
		e := entry{secret: rules.NewSecret([]byte(f.Secret)), match: rules.NewSecret([]byte(f.Match))}
		if isRedacted(f.Secret) {
			if f.StartLine < 1 {
				continue // it says nothing about where or what
			}
			e = entry{commit: f.Commit, line: f.StartLine, last: f.EndLine}
		}
		a.put(f.File, e)
	}
	return nil
}

// isRedacted reports whether secret is what gitleaks --redact leaves of one.
func isRedacted(secret string) bool {
	return secret == "" || secret == "REDACTED" || strings.HasSuffix(secret, "...")
}

// failed says that the file that is read is not what it looks like. It quotes
// nothing of it, as it can hold keys.
func (a *Allowances) failed(kind string, err error) error {
	name := a.files[len(a.files)-1].name
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("%s is no %s: wrong JSON at byte %d: write it anew, or remove it", name, kind, syntax.Offset)
	}
	var field *json.UnmarshalTypeError
	if errors.As(err, &field) {
		return fmt.Errorf("%s is no %s: %s has another type: write it anew, or remove it", name, kind, field.Field)
	}
	return fmt.Errorf("%s is no %s: %w", name, kind, err)
}
