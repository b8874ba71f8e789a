package scanner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
)

type walkFunc func(context.Context, Visitor) error

func (f walkFunc) Walk(ctx context.Context, v Visitor) error { return f(ctx, v) }

type told struct {
	findings []*Finding
	problems []Problem
}

func (h *told) Finding(f *Finding) error { h.findings = append(h.findings, f); return nil }
func (h *told) Problem(p Problem) error  { h.problems = append(h.problems, p); return nil }
func (h *told) Notice(Notice) error      { return nil }

func builtinSet(t *testing.T) *rules.Set {
	t.Helper()
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// An end of the context is one error, and not a problem for each file that
// waited, also when the walk had passed on all files before.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	src := walkFunc(func(_ context.Context, v Visitor) error {
		for i := range 100 {
			open := func() (io.ReadCloser, error) { cancel(); return io.NopCloser(strings.NewReader("x")), nil }
			if err := v.Blob(Blob{Path: fmt.Sprint(i), Size: -1, Open: open}); err != nil {
				return err
			}
		}
		return nil
	})
	var h told
	sum, err := Scan(ctx, src, Options{Rules: builtinSet(t), Jobs: 1}, &h)
	if !errors.Is(err, context.Canceled) || sum.Complete || len(h.problems) > 1 {
		t.Errorf("error %v, complete %v, %d problems", err, sum.Complete, len(h.problems))
	}
}

// A key in the name of a file is found whatever the file holds, and masked in
// the problems of sources too.
func TestNameOfUnscannedFile(t *testing.T) {
	key := fakekey.Gateway(1)
	src := walkFunc(func(_ context.Context, v Visitor) error {
		v.Blob(Blob{Path: "a/" + key + ".bin", Size: -1, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("\x00\x01")), nil }})
		v.Blob(Blob{Path: "b/" + key, Size: -1, Open: func() (io.ReadCloser, error) { return nil, errors.New("no") }})
		return v.Problem(Problem{Path: "c/" + key, Reason: "no"})
	})
	var h told
	if _, err := Scan(context.Background(), src, Options{Rules: builtinSet(t)}, &h); err != nil {
		t.Fatal(err)
	}
	if len(h.findings) != 2 || len(h.problems) != 2 {
		t.Fatalf("%d findings, %d problems", len(h.findings), len(h.problems))
	}
	for _, p := range h.problems {
		if strings.Contains(p.Path, key) {
			t.Error("a problem shows a key in its path")
		}
	}
}
