// Train makes the models of package words from a word list, one word a line, and
// from the text files of directories.
//
//	go run ./rules/internal/words/train rules/internal/words LIST $(go env GOROOT)/src
//
// The models that are checked in were made from Go 1.26 and the list american-english
// of SCOWL as Debian's package wamerican 2020.12.07 has it. Every distinct word counts
// with the logarithm of its frequency, so that rare words are known, too. Left out are
// tests and test data, and words in runs of letters and digits that alternate, which are
// numbers and keys. The dictionary has the words of the list, and those of the text that
// occur often enough to be no accident.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/agcloud/keylint/rules/internal/words"
)

func main() {
	if err := train(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func train(args []string) error {
	if len(args) < 3 {
		return errors.New("want the directory of the package, a word list and directories of text")
	}
	list, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, dir := range args[2:] {
		if err := gather(dir, count); err != nil {
			return err
		}
	}
	for w := range strings.FieldsSeq(strings.ToLower(string(list))) {
		if strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" {
			count[w] = max(count[w], often)
		}
	}
	if err := os.WriteFile(filepath.Join(args[0], "model.bin"), model(count), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(args[0], "dictionary.bin"), dictionary(count), 0o644)
}

// often is how many times a word of the text occurs to come into the dictionary.
const often = 4

// dictionary returns the Bloom filter of the words counted.
func dictionary(count map[string]int) []byte {
	bits := make([]byte, words.Size/8)
	for w, times := range count {
		if times < often || len(w) < words.Shortest || len(w) > words.Longest {
			continue
		}
		for _, bit := range words.Bits([]byte(w)) {
			bits[bit>>3] |= 1 << (bit & 7)
		}
	}
	return bits
}

// gather counts the words in the files below dir.
func gather(dir string, count map[string]int) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir
		case d.IsDir() || !isText(path):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, run := range run.FindAll(text, -1) {
			if len(alternation.FindAll(run, 3)) > 2 {
				continue
			}
			for _, w := range word.FindAll(run, -1) {
				count[strings.ToLower(string(w))]++
			}
		}
		return nil
	})
}

// isText reports whether the file at path holds words.
func isText(path string) bool {
	return strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".md") || strings.HasSuffix(path, ".html")
}

var (
	run         = regexp.MustCompile(`[A-Za-z0-9]{1,40}`)
	alternation = regexp.MustCompile(`[a-z][0-9]|[0-9][A-Za-z]`)
	word        = regexp.MustCompile(`[A-Z]?[a-z]+|[A-Z]+`)
)

// model returns the table for the words counted. Trigrams are smoothed with
// bigrams, those with single letters, and those with a uniform distribution, each
// with the weight that Witten and Bell give to what was not seen (IEEE Transactions on
// Information Theory 37, 1991).
func model(count map[string]int) []byte {
	const n = words.Letters
	var one [n]float64
	var two [n][n]float64
	var three [n][n][n]float64
	for w, times := range count {
		weight := 1 + math.Log2(float64(times))
		a, b := 0, 0
		for i := range len(w) + 1 {
			c := 0
			if i < len(w) {
				c = int(w[i]) - 'a' + 1
			}
			one[c] += weight
			two[b][c] += weight
			three[a][b][c] += weight
			a, b = b, c
		}
	}
	out := make([]byte, n*n*n)
	var uniform [n]float64
	for c := range uniform {
		uniform[c] = 1.0 / n
	}
	single := smooth(one, uniform)
	for b := range n {
		pair := smooth(two[b], single)
		for a := range n {
			for c, p := range smooth(three[a][b], pair) {
				out[words.Index(a, b, c)] = words.Units(p)
			}
		}
	}
	return out
}

// smooth mixes the distribution of seen with back.
func smooth(seen, back [words.Letters]float64) (p [words.Letters]float64) {
	total, kinds := 0.0, 1.0
	for _, x := range seen {
		total += x
		if x > 0 {
			kinds++
		}
	}
	for c, x := range seen {
		p[c] = (x + kinds*back[c]) / (total + kinds)
	}
	return p
}
