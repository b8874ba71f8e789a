package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/agcloud/keylint/internal/audit"
)

// A Kind says what a run looks for, and with what.
type Kind struct {
	// Settings names all that its results depend on, rules included. A run goes on
	// where one with the same settings stopped.
	Settings string
	Version  string // of keylint
	Rules    string // rules.Set.Hash of the built-in rules
	// Part says that the run looks for a part of all findings, so that what it does
	// not find is still known.
	Part bool
}

// A Run is an audit of many repositories. It is the [audit.Queue] of its tasks.
type Run struct {
	// Resumed is when the run was begun that this goes on with; zero for a new one.
	Resumed time.Time
	Before  int // tasks that were settled before

	state *State
	kind  Kind
	id    int64
}

// maxAge is how long a run that did not finish can be resumed.
const maxAge = 30 * 24 * time.Hour

// Begin goes on with the run of these settings that did not finish, or begins one.
// Its tasks are those given, whose IDs must differ: those that are new wait, and
// those that are left out are forgotten.
func (s *State) Begin(ctx context.Context, k Kind, tasks []audit.Task, now time.Time) (*Run, error) {
	r := &Run{state: s, kind: k}
	err := s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM run WHERE started < ?", now.Add(-maxAge).UTC().Format(time.RFC3339)); err != nil {
			return err
		}
		if err := r.open(ctx, tx, now); err != nil {
			return err
		}
		if err := r.add(ctx, tx, tasks); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE task SET status = 'waiting' WHERE run = ? AND status = 'claimed'", r.id); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT count(*) FROM task WHERE run = ? AND status IN ('done', 'failed')", r.id).Scan(&r.Before)
	})
	return r, s.explain(err)
}

// open finds the run, or makes it.
func (r *Run) open(ctx context.Context, tx *sql.Tx, now time.Time) error {
	var started string
	err := tx.QueryRowContext(ctx, "SELECT id, started FROM run WHERE settings = ?", r.kind.Settings).Scan(&r.id, &started)
	if err == nil {
		r.Resumed, err = time.Parse(time.RFC3339, started)
		return err
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return tx.QueryRowContext(ctx, "INSERT INTO run (settings, started) VALUES (?, ?) RETURNING id", r.kind.Settings, now.UTC().Format(time.RFC3339)).Scan(&r.id)
}

// add makes tasks those of the run. A position below zero marks those that the run
// has and tasks lacks.
func (r *Run) add(ctx context.Context, tx *sql.Tx, tasks []audit.Task) error {
	if _, err := tx.ExecContext(ctx, "UPDATE task SET position = -1 WHERE run = ?", r.id); err != nil {
		return err
	}
	for i, t := range tasks {
		_, err := tx.ExecContext(ctx, `INSERT INTO task (run, id, target, name, position, status) VALUES (?, ?, ?, ?, ?, 'waiting')
			ON CONFLICT DO UPDATE SET target = excluded.target, name = excluded.name, position = excluded.position`, r.id, t.ID, t.Target, t.Name, i)
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM task WHERE run = ? AND position < 0", r.id)
	return err
}

// Claim implements [audit.Queue].
func (r *Run) Claim(ctx context.Context) (t audit.Task, ok bool, err error) {
	err = r.state.db.QueryRowContext(ctx, `UPDATE task SET status = 'claimed' WHERE run = ?1 AND id =
		(SELECT id FROM task WHERE run = ?1 AND status = 'waiting' ORDER BY position LIMIT 1)
		RETURNING id, target, name`, r.id).Scan(&t.ID, &t.Target, &t.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return audit.Task{}, false, nil
	}
	return t, err == nil, r.state.explain(err)
}

// Complete implements [audit.Queue].
func (r *Run) Complete(ctx context.Context, t audit.Task, report []byte) error {
	return r.settle(ctx, "UPDATE task SET status = 'done', report = ?3 WHERE run = ?1 AND id = ?2 AND status = 'claimed'", t, report)
}

// Fail implements [audit.Queue].
func (r *Run) Fail(ctx context.Context, t audit.Task, reason string) error {
	return r.settle(ctx, "UPDATE task SET status = 'failed', reason = ?3 WHERE run = ?1 AND id = ?2 AND status = 'claimed'", t, reason)
}

// settle changes the one row of a claimed task. A statement is a transaction.
func (r *Run) settle(ctx context.Context, statement string, t audit.Task, value any) error {
	done, err := r.state.db.ExecContext(ctx, statement, r.id, t.ID, value)
	if err != nil {
		return r.state.explain(err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return r.state.explain(errors.Join(err, fmt.Errorf("%s is settled and was not claimed", t.Name)))
	}
	return nil
}

// Outcomes returns what came of the tasks, in their order.
func (r *Run) Outcomes(ctx context.Context) ([]audit.Outcome, error) {
	rows, err := r.state.db.QueryContext(ctx, "SELECT id, target, name, status, report, coalesce(reason, '') FROM task WHERE run = ? ORDER BY position", r.id)
	if err != nil {
		return nil, r.state.explain(err)
	}
	defer rows.Close()
	var out []audit.Outcome
	for rows.Next() {
		var o audit.Outcome
		var status string
		if err := rows.Scan(&o.ID, &o.Target, &o.Name, &status, &o.Report, &o.Reason); err != nil {
			return nil, r.state.explain(err)
		}
		o.Done = status == "done" || status == "failed"
		out = append(out, o)
	}
	return out, r.state.explain(rows.Err())
}

// Finish makes what the run found known and forgets its tasks. It is called when
// the report of all was written.
func (r *Run) Finish(ctx context.Context, now time.Time) error {
	outcomes, err := r.Outcomes(ctx)
	if err != nil {
		return err
	}
	return r.state.explain(r.state.change(ctx, func(tx *sql.Tx) error {
		for _, o := range outcomes {
			if o.Report == nil {
				continue // what was known of a repository that fails is still known
			}
			if err := r.learn(ctx, tx, o, now); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM run WHERE id = ?", r.id)
		return err
	}))
}

// learn makes the findings of a repository known: in place of those that were, if
// the audit was of everything, or beside them.
func (r *Run) learn(ctx context.Context, tx *sql.Tx, o audit.Outcome, now time.Time) error {
	var rep struct {
		Findings []struct{ ID string }
		Summary  struct{ Complete bool }
	}
	if err := json.Unmarshal(o.Report, &rep); err != nil {
		return err
	}
	if rep.Summary.Complete && !r.kind.Part {
		if _, err := tx.ExecContext(ctx, "DELETE FROM known WHERE repository = ?", o.ID); err != nil {
			return err
		}
	}
	for _, f := range rep.Findings {
		if _, err := tx.ExecContext(ctx, "INSERT INTO known (repository, finding) VALUES (?, ?) ON CONFLICT DO NOTHING", o.ID, f.ID); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO audit (repository, version, rules, finished) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET version = excluded.version, rules = excluded.rules, finished = excluded.finished`,
		o.ID, r.kind.Version, r.kind.Rules, now.UTC().Format(time.RFC3339))
	return err
}

// A Past is what is known of a repository from earlier runs.
type Past struct {
	Findings map[string]bool // by id
	Rules    string          // that the last audit was made with, see [Kind]
	Finished time.Time       // when the last audit was; zero if there was none
}

// Past returns what earlier runs that finished know of a repository.
func (r *Run) Past(ctx context.Context, repository string) (*Past, error) {
	p := &Past{Findings: map[string]bool{}}
	var finished string
	err := r.state.db.QueryRowContext(ctx, "SELECT rules, finished FROM audit WHERE repository = ?", repository).Scan(&p.Rules, &finished)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err == nil {
		p.Finished, err = time.Parse(time.RFC3339, finished)
	}
	if err != nil {
		return nil, r.state.explain(err)
	}
	rows, err := r.state.db.QueryContext(ctx, "SELECT finding FROM known WHERE repository = ?", repository)
	if err != nil {
		return nil, r.state.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, r.state.explain(err)
		}
		p.Findings[id] = true
	}
	return p, r.state.explain(rows.Err())
}
