package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// A place is a line of a file of a repository.
type place struct {
	repo, path string
	line       int
}

// A labelled line says whether a secret stands on a line.
type labelled struct {
	place
	class   string // of [names.Class], or of what holds it: "url", "header", "private-key"
	verdict verdict
	digest  string // of the value, keyed by the repository
}

// A verdict is a word of labels.tsv for what a value is.
type verdict string

// The verdicts. What nobody can tell counts neither way.
const (
	secret verdict = "secret"
	none   verdict = "none"
	unsure verdict = "unsure"
)

func (v verdict) known() bool { return v == secret || v == none || v == unsure }

// digestOf returns the digest of a value in a repository.
func digestOf(repo, value string) string {
	return rules.Digest("keylint/accuracy/v1", rules.NewSecret([]byte(value)), repo)
}

// label reads lines of repository, path, line, class, verdict and value, parted by
// tabs, and writes them with digests in place of values.
func label(w io.Writer, r io.Reader) error {
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		f := strings.SplitN(in.Text(), "\t", 6)
		if len(f) != 6 {
			return fmt.Errorf("a line with %d fields: want repository, path, line, class, verdict, value", len(f))
		}
		if !verdict(f[4]).known() {
			return fmt.Errorf("unknown verdict %q", f[4])
		}
		f[5] = digestOf(f[0], f[5])
		fmt.Fprintln(w, strings.Join(f, "\t"))
	}
	return in.Err()
}

// readLabels reads labels.tsv.
func readLabels(name string) ([]labelled, error) {
	var list []labelled
	err := eachLine(name, 6, func(f []string) error {
		line, err := strconv.Atoi(f[2])
		v := verdict(f[4])
		if err != nil || !v.known() {
			return fmt.Errorf("no label: %s", strings.Join(f, " "))
		}
		list = append(list, labelled{place{f[0], f[1], line}, f[3], v, f[5]})
		return nil
	})
	return list, err
}

// readSplit reads repos.tsv: for each repository its commit and the part that it
// belongs to.
func readSplit(name string) (map[string]string, error) {
	parts := map[string]string{}
	return parts, eachLine(name, 3, func(f []string) error {
		parts[f[0]] = f[2]
		return nil
	})
}

// readJudged reads files.tsv: the files of which every line was judged, so that a
// finding on a line without a label is wrong.
func readJudged(name string) (map[place]bool, error) {
	files := map[place]bool{}
	return files, eachLine(name, 2, func(f []string) error {
		files[place{repo: f[0], path: f[1]}] = true
		return nil
	})
}

// eachLine calls do with the n fields of each line of a file that is no comment.
func eachLine(name string, n int, do func(fields []string) error) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != n {
			return fmt.Errorf("%s:%d: %d fields, want %d", name, i+1, len(f), n)
		}
		if err := do(f); err != nil {
			return fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	return nil
}
