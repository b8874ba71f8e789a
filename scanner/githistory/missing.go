package githistory

import (
	"sync"

	"github.com/agcloud/keylint/scanner/internal/pack"
)

// missing gives handles to objects that are named but not there. It is safe for
// concurrent use.
type missing struct {
	first handle
	mu    sync.Mutex
	list  []pack.ID         // guarded by mu
	have  map[string]handle // guarded by mu
}

// add returns the handle of the object with an id.
func (m *missing) add(id []byte) handle {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, ok := m.have[string(id)]
	if !ok {
		h = m.first + handle(len(m.list))
		var full pack.ID
		copy(full[:], id)
		m.list = append(m.list, full)
		m.have[string(id)] = h
	}
	return h
}

func (m *missing) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.list)
}

func (m *missing) id(h handle) pack.ID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.list[h-m.first]
}
