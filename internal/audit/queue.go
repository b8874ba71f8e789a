package audit

import (
	"context"
	"sync"
)

// A Task is one repository of an audit of many.
type Task struct {
	// ID says which repository it is, on every run: its address without user and
	// password, or its absolute path.
	ID     string
	Target string // what is opened: a path, or an address that is cloned
	Name   string // as reports show it
}

// A Queue hands out tasks and takes what came of them. Its methods may be called
// from several goroutines. An error of theirs is one of the queue itself, after
// which there is no point in going on.
type Queue interface {
	// Claim takes a task that is not done and that nobody has claimed. Without one
	// ok is false.
	Claim(ctx context.Context) (t Task, ok bool, err error)
	// Complete stores the report of a claimed task, as JSON without plaintext of
	// keys: as a whole or not at all. It is called once for a task.
	Complete(ctx context.Context, t Task, report []byte) error
	// Fail stores why there is no report of a claimed task. It takes the place of
	// Complete.
	Fail(ctx context.Context, t Task, reason string) error
}

// An Outcome is what came of a task.
type Outcome struct {
	Task
	Report []byte // as it was completed
	Reason string // why it failed
	Done   bool   // whether it was completed or failed
}

// Drain works off a queue, at most n tasks at once, until no task is left, the
// queue fails or ctx is done, and returns the error of the latter two. A task that
// ctx cut short stays claimed and is neither completed nor failed. do returns the
// report of a task, or why there is none; it must end soon when its context is
// done. settled is told of each task that is done, by one goroutine at a time.
func Drain(ctx context.Context, q Queue, n int, do func(context.Context, Task) ([]byte, error), settled func(Task, error)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var mu sync.Mutex // guards settled
	var workers sync.WaitGroup
	for range max(1, n) {
		workers.Go(func() {
			for ctx.Err() == nil {
				t, ok, err := q.Claim(ctx)
				if err != nil {
					stop(err)
				}
				if err != nil || !ok {
					return
				}
				report, failed := do(ctx, t)
				if ctx.Err() != nil {
					return
				}
				if err := settle(ctx, q, t, report, failed); err != nil {
					stop(err)
					return
				}
				mu.Lock()
				settled(t, failed)
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// settle stores what came of a task.
func settle(ctx context.Context, q Queue, t Task, report []byte, failed error) error {
	if failed != nil {
		return q.Fail(ctx, t, failed.Error())
	}
	return q.Complete(ctx, t, report)
}

// A List is a Queue in memory, which ends with the process.
type List struct {
	mu       sync.Mutex // guards all below
	outcomes []Outcome
	next     int // to be claimed
}

// NewList returns a queue of tasks, whose IDs must differ.
func NewList(tasks []Task) *List {
	l := &List{}
	for _, t := range tasks {
		l.outcomes = append(l.outcomes, Outcome{Task: t})
	}
	return l
}

// Claim implements [Queue].
func (l *List) Claim(context.Context) (Task, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == len(l.outcomes) {
		return Task{}, false, nil
	}
	l.next++
	return l.outcomes[l.next-1].Task, true, nil
}

// Complete implements [Queue].
func (l *List) Complete(_ context.Context, t Task, report []byte) error {
	l.settle(Outcome{Task: t, Report: report, Done: true})
	return nil
}

// Fail implements [Queue].
func (l *List) Fail(_ context.Context, t Task, reason string) error {
	l.settle(Outcome{Task: t, Reason: reason, Done: true})
	return nil
}

func (l *List) settle(o Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.outcomes {
		if l.outcomes[i].ID == o.ID {
			l.outcomes[i] = o
		}
	}
}

// Outcomes returns what came of the tasks, in their order.
func (l *List) Outcomes(context.Context) ([]Outcome, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Outcome(nil), l.outcomes...), nil
}
