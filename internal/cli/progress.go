package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/agcloud/keylint/scanner"
)

// A progress tells on a terminal how far a scan has come, once it takes more
// than a moment. Its methods are called from one goroutine.
type progress struct {
	w     io.Writer // nil when standard error is no terminal
	next  time.Time
	shown bool
	ended chan struct{} // closed to end follow; nil when it does not run
	wait  sync.WaitGroup
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

// follow shows how far objects have come until stop is called.
func (p *progress) follow(objects func() (done, total, bytes int64)) {
	if p.w == nil {
		return
	}
	p.ended = make(chan struct{})
	p.wait.Go(func() {
		start := time.Now()
		for tick := time.NewTicker(progressEvery); ; {
			select {
			case <-p.ended:
				tick.Stop()
				return
			case <-tick.C:
				if done, total, bytes := objects(); total > 0 {
					p.shown = true
					fmt.Fprint(p.w, "\r\x1b[K", bar(done, total, bytes, time.Since(start)))
				}
			}
		}
	})
}

// bar returns a line of progress.
func bar(done, total, bytes int64, spent time.Duration) string {
	const width = 30
	done = min(done, total)
	filled := int(done * width / total)
	line := fmt.Sprintf("[%s%s] %d of %d objects, %d MB", strings.Repeat("#", filled), strings.Repeat(".", width-filled), done, total, bytes/1e6)
	if done > 0 && done < total {
		left := time.Duration(float64(spent) * float64(total-done) / float64(done))
		line += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return line
}

// clear takes the line away before something else is written.
func (p *progress) clear() {
	p.rest()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// stop ends the display.
func (p *progress) stop() {
	p.rest()
	p.clear()
	p.w = nil
}

// rest ends follow. What comes after it is written from one goroutine again.
func (p *progress) rest() {
	if p.ended != nil {
		close(p.ended)
		p.wait.Wait()
		p.ended = nil
	}
}
