package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/agcloud/keylint/scanner"
)

// A progress tells on a terminal how far a scan has come, once it takes more
// than a moment. Its methods are called from one goroutine.
type progress struct {
	w     io.Writer // nil when standard error is no terminal
	next  time.Time
	shown bool
}

// progressEvery is the time between two updates, and before the first.
const progressEvery = 200 * time.Millisecond

func (a *app) startProgress() *progress {
	if !isTerminal(a.env.Stderr) {
		return &progress{}
	}
	return &progress{w: a.env.Stderr, next: time.Now().Add(2 * progressEvery)}
}

// update shows c if it is time.
func (p *progress) update(c scanner.Coverage) {
	if p.w == nil {
		return
	}
	now := time.Now()
	if now.Before(p.next) {
		return
	}
	p.next = now.Add(progressEvery)
	p.shown = true
	fmt.Fprintf(p.w, "\r\x1b[Kscanning: %d files, %d MB", c.Files, c.Bytes/1e6)
}

// clear takes the line away before something else is written.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// stop ends the display.
func (p *progress) stop() {
	p.clear()
	p.w = nil
}
