package worktree

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/agcloud/keylint/internal/gitignore"
	"github.com/agcloud/keylint/internal/gitrepo"
)

// A kind says what an item is.
type kind uint8

const (
	kindFile    kind = iota // to be scanned
	kindProblem             // could not be read
	kindSkip                // left out on purpose, and counted
	kindEnv                 // an ignored .env file
	kindDir                 // listed by itself
)

// An item is what a listing has at a path.
type item struct {
	path   string
	kind   kind
	reason string // of kindProblem and kindSkip
	sub    *dir   // of kindDir
}

// A dir is a directory to list, and then its listing.
type dir struct {
	path  string
	scope scope
	items []item // in the order of their paths
}

// A scope is the rules that apply in a directory.
type scope struct {
	repo *repo              // nil when there is none, or it does not count
	git  *gitignore.Matcher // what git ignores
	own  *gitignore.Matcher // what .keylintignore files exclude
	// ignored reports that git ignores the directory: only what is tracked
	// counts in it. levels is how many levels are still searched for .env
	// files, this one included.
	ignored bool
	levels  int
}

// A lister lists directories, several at a time.
type lister struct {
	ctx     context.Context
	o       Options
	root    string             // of the tree
	base    string             // where rules begin: the root, or its repository's
	repo    *repo              // of the root
	exclude *gitignore.Matcher // Options.Exclude

	// What is known of the ways to the targets, before the listing begins.
	found      map[string]*repo
	approached map[approachKey]approached

	mu       sync.Mutex // guards what follows
	cond     *sync.Cond // signals that the queue or busy have changed
	queue    []*dir     // to be listed; the last one first
	busy     int        // directories being listed
	repos    []*repo
	problems []item // that belong to no listing
}

func newLister(ctx context.Context, o Options) *lister {
	l := &lister{ctx: ctx, o: o, found: make(map[string]*repo), approached: make(map[approachKey]approached)}
	l.cond = sync.NewCond(&l.mu)
	if l.o.Jobs <= 0 {
		l.o.Jobs = min(16, 2*runtime.GOMAXPROCS(0))
	}
	return l
}

// run lists the targets and returns their items sorted by path, each path
// once.
func (l *lister) run(targets []target) ([]item, error) {
	roots := make([]item, len(targets))
	for i, t := range targets {
		roots[i] = l.start(t)
		if roots[i].kind == kindDir {
			l.queue = append(l.queue, roots[i].sub)
		}
	}
	var workers sync.WaitGroup // all workers; each ends when nothing is left
	for range l.o.Jobs {
		workers.Go(l.work)
	}
	workers.Wait()
	if err := l.ctx.Err(); err != nil {
		return nil, err
	}
	items := flatten(make([]item, 0, count(roots)), roots)
	return l.mergeProblems(items, len(targets) == 1), nil
}

// work lists directories until none is left.
func (l *lister) work() {
	r := &dirReader{fs: l.o.fs}
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		for len(l.queue) == 0 && l.busy > 0 {
			l.cond.Wait()
		}
		if len(l.queue) == 0 || l.ctx.Err() != nil {
			return
		}
		last := len(l.queue) - 1
		d := l.queue[last]
		l.queue = l.queue[:last]
		l.busy++
		l.mu.Unlock()
		l.list(d, r)
		l.mu.Lock()
		l.busy--
		for i := len(d.items) - 1; i >= 0; i-- {
			if d.items[i].kind == kindDir {
				l.queue = append(l.queue, d.items[i].sub)
			}
		}
		l.cond.Broadcast()
	}
}

// count returns the number of items that are no directories, listings included.
func count(items []item) int {
	n := 0
	for i := range items {
		if items[i].kind == kindDir {
			n += count(items[i].sub.items)
		} else {
			n++
		}
	}
	return n
}

// flatten appends the items with the listings of directories in their places.
func flatten(to, items []item) []item {
	for _, it := range items {
		if it.kind == kindDir {
			to = flatten(to, it.sub.items)
			continue
		}
		to = append(to, it)
	}
	return to
}

// mergeProblems adds the problems of no listing. The items of one target are
// sorted already.
func (l *lister) mergeProblems(items []item, sorted bool) []item {
	for _, r := range l.repos {
		if r.err != nil {
			l.problems = append(l.problems, item{path: r.root, kind: kindProblem, reason: brokenIndex(r.err)})
		}
	}
	if sorted && len(l.problems) == 0 {
		return items
	}
	items = append(items, l.problems...)
	slices.SortStableFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.kind, b.kind), cmp.Compare(a.reason, b.reason))
	})
	return slices.Compact(items)
}

// tree returns the tree of the items.
func (l *lister) tree(items []item) *Tree {
	t := &Tree{root: l.root, items: items, fs: l.o.fs}
	if l.repo != nil {
		t.repo = l.repo.Repo
	}
	for i := range items {
		switch items[i].kind {
		case kindFile:
			t.files++
		case kindEnv:
			t.env = append(t.env, native(items[i].path))
		}
	}
	t.items = slices.DeleteFunc(items, func(it item) bool { return it.kind == kindEnv })
	return t
}

// problem records a problem that belongs to no listing.
func (l *lister) problem(path, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.problems = append(l.problems, item{path: path, kind: kindProblem, reason: reason})
}

// addRepo makes a repository known.
func (l *lister) addRepo(r *gitrepo.Repo, outer *repo) *repo {
	added := newRepo(r, outer)
	var err error
	if added.rules, err = r.Ignore(added.root); err != nil {
		l.problem(added.root, err.Error())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.repos = append(l.repos, added)
	return added
}

func brokenRepo(err error) string {
	return "its git repository cannot be read, so files are scanned that git ignores: " + err.Error()
}

func brokenIndex(err error) string {
	return "the index of its git repository cannot be read, so tracked files that ignore rules match are left out: " + err.Error()
}

// excludes reports whether keylint is told to leave a path out.
func (l *lister) excludes(s *scope, path string, isDir bool) bool {
	if r := l.exclude.Match(path, isDir); r.Matched {
		return r.Ignored
	}
	return s.own.Match(path, isDir).Ignored
}

// pushRules adds the rules of a file in a directory.
func (l *lister) pushRules(m *gitignore.Matcher, dir, name string, fold bool) *gitignore.Matcher {
	path := join(dir, name)
	rules, err := gitrepo.ReadPatterns(native(path), gitignore.ParseOptions{Source: path, IgnoreCase: fold})
	if err != nil {
		l.problem(path, err.Error())
	}
	return m.Push(dir, rules)
}
