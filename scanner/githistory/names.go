package githistory

import "sync"

// names gives numbers to names of tree entries. It is safe for concurrent use.
type names struct {
	mu   sync.Mutex
	list []string // guarded by mu
	have map[string]name
}

func newNames() *names { return &names{have: map[string]name{}} }

// number returns the number of s.
func (n *names) number(s []byte) name {
	n.mu.Lock()
	defer n.mu.Unlock()
	if i, ok := n.have[string(s)]; ok {
		return i
	}
	i := name(len(n.list))
	text := string(s)
	n.list = append(n.list, text)
	n.have[text] = i
	return i
}

// text returns the name with a number.
func (n *names) text(i name) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.list[i]
}

// localNames is names for one goroutine, without waiting for others where it
// has met a name before.
type localNames struct {
	shared *names
	have   map[string]name
}

func (l *localNames) number(s []byte) name {
	if i, ok := l.have[string(s)]; ok {
		return i
	}
	i := l.shared.number(s)
	l.have[string(s)] = i
	return i
}

// A path is the number of a path.
type path int32

// The texts that have no path.
const (
	rootPath path = iota // the root of a tree; the message of a commit
	tagPath              // the message of a tag
	realPath             // the first that is one
)

// paths gives numbers to paths. It is for one goroutine.
type paths struct {
	names *names
	list  []pathParts
	texts []string // of those that were asked for
	have  map[pathParts]path
}

type pathParts struct {
	dir  path
	name name
}

func newPaths(n *names) *paths {
	return &paths{names: n, list: make([]pathParts, realPath), have: map[pathParts]path{}}
}

// join returns the path of an entry of the directory dir.
func (p *paths) join(dir path, n name) path {
	key := pathParts{dir, n}
	i, ok := p.have[key]
	if !ok {
		i = path(len(p.list))
		p.list = append(p.list, key)
		p.have[key] = i
	}
	return i
}

// text returns a path with slashes, "" for what has none. It keeps what it made:
// in directories as deep as those of a hostile tree, each path takes the longer.
func (p *paths) text(i path) string {
	if i < realPath {
		return ""
	}
	if int(i) >= len(p.texts) {
		p.texts = append(p.texts, make([]string, len(p.list)-len(p.texts))...)
	}
	if p.texts[i] == "" {
		parts := p.list[i]
		p.texts[i] = p.names.text(parts.name)
		if parts.dir != rootPath {
			p.texts[i] = p.text(parts.dir) + "/" + p.names.text(parts.name)
		}
	}
	return p.texts[i]
}
