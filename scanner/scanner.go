// Package scanner drives a scan: it takes blobs from a [Source], matches rules
// in them on all cores and hands findings, in the order of the source, to a
// [Handler]. It also is the vocabulary that sources, reports and the command
// line share: [Blob], [Finding], [Problem], [Summary], [Report].
package scanner

import (
	"context"
	"io"
)

// A Blob is a piece of content to scan, with the place it came from.
type Blob struct {
	Path   string // relative to the target, with forward slashes
	Source string // the Source of its findings: worktree, index, stdin, archive
	Size   int64  // in bytes; -1 when unknown
	// Open opens the content. It is called at most once, on any goroutine, and
	// must not block on FIFOs or devices.
	Open func() (io.ReadCloser, error)
}

// A Source yields the blobs of a target.
type Source interface {
	// Walk passes each blob to v, in an order that is the same on every run
	// over the same content, from one goroutine. An error from v ends the walk
	// and is returned as it is.
	//
	// What the source cannot read it reports with Visitor.Problem and goes on;
	// what it leaves out on purpose, with Visitor.Skip. Walk itself returns an
	// error only when there is no point in going on: the target does not
	// exist, the context has ended, the visitor failed.
	Walk(ctx context.Context, v Visitor) error
}

// A Visitor takes what a [Source] finds. Its methods are called from one
// goroutine; an error from any of them must end the walk.
type Visitor interface {
	Blob(b Blob) error
	Problem(p Problem) error
	// Skip counts content that is left out on purpose, by reason: one of the
	// keys of Coverage.Skipped.
	Skip(path, reason string) error
}

// A Handler takes the results of a scan, one call at a time, in an order that
// is the same on every run. Its error ends the scan.
type Handler interface {
	Finding(f *Finding) error
	Problem(p Problem) error
	Notice(n Notice) error
}
