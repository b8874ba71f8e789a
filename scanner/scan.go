package scanner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"
	"time"

	"github.com/agcloud/keylint/rules"
)

// Options steer a [Scan]. Only Rules is required.
type Options struct {
	Rules *rules.Set
	// Jobs is the number of files scanned at once; 0 means one a core.
	Jobs int
	// ChunkSize is the most of one file that is held in memory, in bytes; larger
	// files are scanned in overlapping pieces. 0 means 8 MiB. It is raised to
	// four times the footprint of the rules if it is smaller.
	ChunkSize int
	// OwnMarks says that of the marks that accept findings only keylint's own
	// count, and not those of other scanners.
	OwnMarks bool
	// Accept reports whether a finding is accepted by a baseline. Accepted
	// findings are counted and not handed on. It is called from one goroutine.
	Accept func(*Finding) bool
	// Progress, if set, is told after each blob what was covered so far. It is
	// called from one goroutine.
	Progress func(Coverage)
}

const defaultChunk = 8 << 20

// Scan scans what src yields and hands the results to h. The order of the
// calls to h is that of src, whatever the number of jobs.
//
// The summary counts what was done, also when Scan returns an error: the
// context's when it ended, the handler's or the source's own. A scan that was
// cut short, met a problem or found nothing to scan is not complete.
func Scan(ctx context.Context, src Source, o Options, h Handler) (Summary, error) {
	start := time.Now()
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := newScan(ctx, o)
	done := make(chan error, 1)
	go func() {
		err := src.Walk(ctx, s)
		close(s.order)
		done <- err
	}()
	c := collector{Collector: NewCollector(o, h)}
	err := c.collect(s.order)
	cancel() // after a failure of the handler the walk has no reader any more
	for range s.order {
	}
	walkErr := <-done
	close(s.jobs)
	s.workers.Wait()
	if err == nil {
		err = walkErr
	}
	if err == nil && c.cut {
		err = context.Cause(outer)
	}
	c.DurationMS = time.Since(start).Milliseconds()
	c.Complete = c.Complete && err == nil
	return c.Summary, err
}

// A scan hands blobs to workers. It implements Visitor for the walk.
type scan struct {
	ctx   context.Context
	opts  Options
	jobs  chan *task // to the workers
	order chan *task // to the collector, in the order of the walk
	// workers guards nothing but the end of the goroutines that read jobs.
	workers sync.WaitGroup
}

// A task is something that the walk found, and what became of it.
type task struct {
	blob   Blob
	result result
	ready  chan struct{} // closed when result is there; nil when it was from the start
}

// A result is what scanning a blob led to.
type result struct {
	findings []*Finding
	notices  []Notice
	problem  *Problem
	skipped  string // why the blob was not scanned as text; "" when it was
	bytes    int64
	allowed  int
	blob     bool
	cut      bool // not scanned, as the context ended before
}

// queue bounds the tasks between the walk and the collector. With results that
// wait for an earlier, slow file it bounds memory.
const queue = 512

func newScan(ctx context.Context, o Options) *scan {
	jobs := o.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	s := &scan{ctx: ctx, opts: o, jobs: make(chan *task, queue), order: make(chan *task, queue)}
	for range jobs {
		s.workers.Add(1)
		go s.work()
	}
	return s
}

// work scans blobs until there are no more.
func (s *scan) work() {
	defer s.workers.Done()
	w := newBlobScanner(s.opts)
	for t := range s.jobs {
		if s.ctx.Err() == nil {
			t.result = w.scanSafely(s.ctx, t.blob)
		} else {
			t.result = result{cut: true}
		}
		close(t.ready)
	}
}

// Blob implements Visitor.
func (s *scan) Blob(b Blob) error {
	t := &task{blob: b, ready: make(chan struct{})}
	if err := s.enqueue(t); err != nil {
		return err
	}
	s.jobs <- t // has room for all that order has room for, and more are not made
	return nil
}

// Problem implements Visitor.
func (s *scan) Problem(p Problem) error { return s.enqueue(&task{result: result{problem: &p}}) }

// Skip implements Visitor.
func (s *scan) Skip(path, reason string) error {
	return s.enqueue(&task{result: result{skipped: reason}})
}

func (s *scan) enqueue(t *task) error {
	select {
	case s.order <- t:
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// A collector takes the tasks of a scan.
type collector struct {
	*Collector
	seen bool // there was something to scan, or a problem
	cut  bool // the context ended before everything was scanned
}

// collect takes the tasks in order until there are no more or the handler fails.
func (c *collector) collect(order <-chan *task) error {
	for t := range order {
		if t.ready != nil {
			<-t.ready
		}
		if err := c.take(&t.result); err != nil {
			return err
		}
		if c.opts.Progress != nil {
			c.opts.Progress(c.Coverage)
		}
	}
	if !c.seen {
		return c.Problem(Problem{Reason: "nothing to scan: no file was found that is not ignored or excluded; check the path, .gitignore and .keylintignore"})
	}
	return nil
}

func (c *collector) take(r *result) error {
	cov := &c.Coverage
	c.seen = c.seen || r.blob || r.problem != nil || r.cut
	c.cut = c.cut || r.cut
	if r.skipped != "" { // what its name holds is reported all the same
		cov.Skipped[r.skipped]++
	} else if r.blob && r.problem == nil {
		cov.Files++
	}
	cov.Bytes += r.bytes
	c.Allowed += r.allowed
	if r.problem != nil {
		if err := c.Problem(*r.problem); err != nil {
			return err
		}
	}
	for _, n := range r.notices {
		if err := c.Notice(n); err != nil {
			return err
		}
	}
	for _, f := range r.findings {
		if err := c.Finding(f); err != nil {
			return err
		}
	}
	return nil
}

// scanSafely scans a blob; a panic becomes a problem of that blob. Its value
// is not shown, as it could hold bytes of the file.
func (w *blobScanner) scanSafely(ctx context.Context, b Blob) (r result) {
	defer func() {
		if v := recover(); v != nil {
			where := "unknown place"
			if _, file, line, ok := runtime.Caller(2); ok {
				where = fmt.Sprintf("%s:%d", file, line)
			}
			r = result{blob: true, problem: &Problem{Path: w.maskedPath(b.Path), Reason: fmt.Sprintf("internal error (%T at %s): please report it", v, where)}}
		}
	}()
	r = w.scan(ctx, b)
	r.blob = true
	return r
}

// reasonOf turns an error of reading into the reason of a problem.
func reasonOf(err error) string {
	if errors.Is(err, context.Canceled) {
		return "not scanned to its end: interrupted"
	}
	if p := (*fs.PathError)(nil); errors.As(err, &p) && err == error(p) {
		err = p.Err // the path is that of the problem
	}
	return "cannot be read: " + err.Error()
}
