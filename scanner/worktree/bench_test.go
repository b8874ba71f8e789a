package worktree

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkOpenGoroot lists the source of the Go distribution, which is on
// every machine: no git, no rules.
func BenchmarkOpenGoroot(b *testing.B) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("no go command: no source to list")
	}
	root := filepath.Join(strings.TrimSpace(string(out)), "src")
	b.ReportAllocs()
	for b.Loop() {
		t, err := Open(b.Context(), []string{root}, Options{})
		if err != nil || t.Len() < 5000 {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenMonorepo lists a repository of 100,000 files in 2,000
// directories, with ignore rules at the root and in 20 packages, and some
// tracked files that are ignored, so that the index is needed.
func BenchmarkOpenMonorepo(b *testing.B) {
	s := newSandbox(b)
	s.git(".", "init", "-q", "r")
	const rules = "node_modules/\n/dist\n*.log\nnpm-debug.log*\n.env*\n!.env.example\n*~\n.vscode/*\n*.py[cod]\n**/target/\n**/generated/*.go\npackages/*/lib\ndocs/**/out\n[Bb]in/\n*.tmp\n*.tfstate.*\n"
	s.write("r/.gitignore", rules)
	for i := range 100_000 {
		s.files(fmt.Sprintf("r/packages/service%d/src/module%d/file%d.go", i%20, i%2000/20, i))
	}
	for i := range 20 {
		s.write(fmt.Sprintf("r/packages/service%d/.gitignore", i), rules)
		s.files(fmt.Sprintf("r/packages/service%d/kept.log", i))
	}
	s.git("r", "add", "-f", ".")
	root := s.path("r")
	b.ReportAllocs()
	for b.Loop() {
		t, err := Open(b.Context(), []string{root}, s.options())
		if err != nil || t.Len() != 100_041 {
			b.Fatal(err, t.Len())
		}
	}
}

// BenchmarkReadFile opens and reads small files.
func BenchmarkReadFile(b *testing.B) {
	s := newSandbox(b)
	for i := range 2000 {
		s.files(fmt.Sprintf("d/dir%d/file%d", i%50, i))
	}
	var r record
	if err := s.open(s.options(), "d").Walk(b.Context(), &r); err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 64<<10)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		f, err := r.opened[i%len(r.opened)].Open()
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = f.Read(buf)
		}
		f.Close()
	}
}
