// Package state keeps audits of many repositories in a file: an SQLite database
// (https://sqlite.org/fileformat2.html).
//
// It holds two things. The tasks of runs that did not finish, with the reports of
// those repositories that are done, so that a run that was killed goes on where it
// stopped. And for each repository the ids of the findings that the last audit
// had, so that the next can tell what is new. Reports are stored as the report
// format has them, so nothing in the file is a key.
//
// # What makes it whole
//
// The report of a repository is written in one transaction, which the database
// syncs to the disk: it is there as a whole or not at all, whenever the process
// ends. Claims last as long as the process does; who opens the file next claims
// again. The file is locked while it is open, so that no two runs work on it. What
// a run found becomes known in the transaction that ends the run, after its report
// was written: until then a rerun writes the same report again.
//
// # Why this driver
//
// github.com/ncruces/go-sqlite3 is SQLite translated to Go, without cgo. Its
// packages cost a program that never opens a database 0.2 ms at start-up, where
// those of modernc.org/sqlite cost 1.3 ms.
package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/driver" // registers "sqlite3"
)

// A State is an open file. Its methods may be called from several goroutines,
// which the database serves one after another.
type State struct {
	db   *sql.DB
	path string
}

// What tells the file from other databases, and the version of its tables
// (https://sqlite.org/pragma.html#pragma_application_id).
const (
	applicationID = 0x6b6c7374
	userVersion   = 1
)

// tables are what the file consists of.
const tables = `
CREATE TABLE run (           -- that did not finish
	id       INTEGER PRIMARY KEY,
	settings TEXT NOT NULL UNIQUE,
	started  TEXT NOT NULL   -- RFC 3339
);
CREATE TABLE task (
	run      INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
	id       TEXT NOT NULL,  -- of the repository
	target   TEXT NOT NULL,
	name     TEXT NOT NULL,
	position INTEGER NOT NULL,
	status   TEXT NOT NULL CHECK (status IN ('waiting', 'claimed', 'done', 'failed')),
	report   BLOB,           -- when it is done
	reason   TEXT,           -- when it failed
	PRIMARY KEY (run, id)
);
CREATE TABLE audit (         -- the last of each repository
	repository TEXT PRIMARY KEY,
	version    TEXT NOT NULL, -- of keylint
	rules      TEXT NOT NULL,
	finished   TEXT NOT NULL  -- RFC 3339
);
CREATE TABLE known (         -- findings
	repository TEXT NOT NULL,
	finding    TEXT NOT NULL,
	PRIMARY KEY (repository, finding)
) WITHOUT ROWID;
`

// Open opens the state in a file, which it makes, for its owner alone, when it is
// not there. The error says so when the file is something else, or when another
// process has it open.
func Open(ctx context.Context, path string) (*State, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := prepareFile(abs); err != nil {
		return nil, fmt.Errorf("cannot open the state %s: %w", path, err)
	}
	db, err := sql.Open("sqlite3", address(abs))
	if err != nil {
		return nil, fmt.Errorf("cannot open the state %s: %w", path, err)
	}
	db.SetMaxOpenConns(1) // the lock belongs to the connection
	s := &State{db, path}
	if err := s.setUp(ctx); err != nil {
		db.Close()
		return nil, s.explain(err)
	}
	return s, nil
}

// prepareFile makes the file, unless it is there.
func prepareFile(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return errors.New("it is no regular file")
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// address returns the name of a database (https://sqlite.org/uri.html). Waiting
// for a lock would be waiting for another audit.
func address(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	u := url.URL{Scheme: "file", Path: path}
	return u.String() + "?_txlock=exclusive&_pragma=busy_timeout(500)&_pragma=locking_mode(exclusive)&_pragma=foreign_keys(on)&_pragma=trusted_schema(off)"
}

// setUp takes the lock and makes the tables, or looks whether they are there.
func (s *State) setUp(ctx context.Context) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		var app, version, objects int
		err := errors.Join(
			tx.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app),
			tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version),
			tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&objects))
		switch {
		case err != nil:
			return err
		case app == applicationID && version == userVersion:
			// The lock is taken by writing, and then kept.
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", userVersion))
			return err
		case app == applicationID:
			return fmt.Errorf("it was made by another version of keylint: name another file, or remove it")
		case app != 0 || objects != 0:
			return errForeign
		}
		_, err = tx.ExecContext(ctx, tables+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, userVersion))
		return err
	})
}

var errForeign = errors.New("it is no state of keylint: name another file")

// change runs f in a transaction.
func (s *State) change(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		tx.Rollback() // the error that counts is that of f
		return err
	}
	return tx.Commit()
}

// explain says what an error of the database means.
func (s *State) explain(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, sqlite3.BUSY):
		err = errors.New("another keylint works on it: wait until that has ended")
	case errors.Is(err, sqlite3.NOTADB):
		err = errForeign
	case errors.Is(err, sqlite3.CORRUPT):
		err = fmt.Errorf("%w: it is damaged: remove it, which forgets what is known", err)
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.IOERR):
		err = fmt.Errorf("%w: make room, and run the same command again to go on", err)
	}
	return fmt.Errorf("the state %s: %w", s.path, err)
}

// Close gives the file free.
func (s *State) Close() error { return s.db.Close() }
