package githistory

import (
	"runtime"
	"sync"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// A prefetcher reads and scans blobs that will be asked for, with several workers,
// while others are still looked for. Its methods are for one goroutine.
type prefetcher struct {
	lazy    *lazy
	options scanner.Options
	batches chan []prefetched
	workers int
	wg      sync.WaitGroup // of the workers
	mu      sync.Mutex
	done    []prefetched // guarded by mu until finish
}

// A prefetched is a blob, and what was found in it.
type prefetched struct {
	blob     handle
	id       pack.ID
	evidence *scanner.Evidence
	counted  counted // 0 when it was not read
}

// prefetcher returns a prefetcher for l, which is to be finished.
func (l *lazy) prefetcher(o scanner.Options) *prefetcher {
	return &prefetcher{lazy: l, options: o, batches: make(chan []prefetched, 1024)}
}

// add hands blobs to the workers. Neighbours should be changes of one another.
func (p *prefetcher) add(blobs []handle) {
	const most = 16
	for len(blobs) > 0 {
		n := min(most, len(blobs))
		batch := make([]prefetched, n)
		for i, h := range blobs[:n] {
			batch[i] = prefetched{blob: h, id: p.lazy.ids[h]}
		}
		blobs = blobs[n:]
		if p.workers < workers(p.options.Jobs) {
			p.workers++
			p.wg.Go(p.work)
		}
		p.batches <- batch
	}
}

func (p *prefetcher) work() {
	scan, reader := scanner.NewTextScanner(p.options), p.lazy.store.Reader(maxObject)
	for batch := range p.batches {
		for i := range batch {
			if p.lazy.ctx.Err() != nil {
				break
			}
			// What cannot be read is left to parse, which says so.
			if kind, data, err := reader.Read(batch[i].id); err == nil && kind == pack.Blob {
				batch[i].evidence, batch[i].counted = p.lazy.evidenceIn(scan, data)
			}
		}
		p.mu.Lock()
		p.done = append(p.done, batch...)
		p.mu.Unlock()
	}
}

// finish waits for the workers and hands over what they found.
func (p *prefetcher) finish() {
	close(p.batches)
	p.wg.Wait()
	l := p.lazy
	for _, b := range p.done {
		if b.counted != 0 {
			l.parsed[b.blob] = &parsed{kind: pack.Blob, target: none, evidence: b.evidence}
			l.blobs = append(l.blobs, b.counted)
			l.kinds.set(b.blob, pack.Blob)
		}
	}
}

func workers(jobs int) int {
	if jobs <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return jobs
}
