package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
)

// tasks returns n tasks.
func tasks(n int) []Task {
	var out []Task
	for i := range n {
		name := fmt.Sprintf("r%02d", i)
		out = append(out, Task{ID: "/" + name, Target: name, Name: name})
	}
	return out
}

// TestDrain has each task done once, whatever comes of it, and keeps their order.
func TestDrain(t *testing.T) {
	list := NewList(tasks(20))
	var mu sync.Mutex
	var did, told []string
	err := Drain(t.Context(), list, 4, func(_ context.Context, x Task) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		did = append(did, x.ID)
		if x.Name == "r07" {
			return nil, errors.New("broken")
		}
		return []byte("report of " + x.Name), nil
	}, func(x Task, _ error) { told = append(told, x.ID) })
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(did)
	slices.Sort(told)
	outcomes, _ := list.Outcomes(t.Context())
	for i, o := range outcomes {
		want := Outcome{Task: tasks(20)[i], Report: []byte("report of " + o.Name), Done: true}
		if i == 7 {
			want.Report, want.Reason = nil, "broken"
		}
		if o.Task != want.Task || string(o.Report) != string(want.Report) || o.Reason != want.Reason || !o.Done {
			t.Errorf("%+v, want %+v", o, want)
		}
		if did[i] != o.ID || told[i] != o.ID {
			t.Errorf("%s was not done once", o.ID)
		}
	}
	if len(did) != 20 || len(told) != 20 {
		t.Errorf("%d done, %d told", len(did), len(told))
	}
}

// TestDrainInterrupted stores nothing of a task that was cut short.
func TestDrainInterrupted(t *testing.T) {
	list := NewList(tasks(5))
	ctx, cancel := context.WithCancel(t.Context())
	err := Drain(ctx, list, 1, func(_ context.Context, x Task) ([]byte, error) {
		if x.Name == "r02" {
			cancel()
		}
		return []byte("a part"), nil
	}, func(Task, error) {})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	outcomes, _ := list.Outcomes(t.Context())
	for i, o := range outcomes {
		if o.Done != (i < 2) {
			t.Errorf("%s: done %v", o.Name, o.Done)
		}
	}
}

// A fullDisk is a queue that cannot store anything.
type fullDisk struct{ *List }

var errFull = errors.New("no space left on device")

func (fullDisk) Complete(context.Context, Task, []byte) error { return errFull }

// TestDrainQueueFails ends with the error of the queue.
func TestDrainQueueFails(t *testing.T) {
	n := 0
	err := Drain(t.Context(), fullDisk{NewList(tasks(5))}, 1, func(context.Context, Task) ([]byte, error) { n++; return nil, nil }, func(Task, error) { t.Error("told of a task that is not stored") })
	if !errors.Is(err, errFull) || n != 1 {
		t.Errorf("%v after %d tasks", err, n)
	}
}
