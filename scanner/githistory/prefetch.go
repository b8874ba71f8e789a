package githistory

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// prefetch reads and scans blobs that will be asked for, with several workers.
func (l *lazy) prefetch(o scanner.Options, blobs []handle) {
	type result struct {
		evidence *scanner.Evidence
		counted  counted
		ok       bool
	}
	results := make([]result, len(blobs))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range max(1, min(workers(o.Jobs), len(blobs)/8)) {
		wg.Go(func() {
			scan, reader := scanner.NewTextScanner(o), l.store.Reader(maxObject)
			const batch = 16 // neighbours are often changes of one another
			for from := int(next.Add(batch)) - batch; from < len(blobs) && l.ctx.Err() == nil; from = int(next.Add(batch)) - batch {
				for i := from; i < min(from+batch, len(blobs)); i++ {
					// What cannot be read is left to parse, which says so.
					if kind, data, err := reader.Read(l.ids[blobs[i]]); err == nil && kind == pack.Blob {
						e, c := l.evidenceIn(scan, data)
						results[i] = result{e, c, true}
					}
				}
			}
		})
	}
	wg.Wait()
	for i, r := range results {
		if r.ok {
			l.parsed[blobs[i]] = &parsed{kind: pack.Blob, target: none, evidence: r.evidence}
			l.blobs = append(l.blobs, r.counted)
			l.kinds.set(blobs[i], pack.Blob)
		}
	}
}

func workers(jobs int) int {
	if jobs <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return jobs
}
