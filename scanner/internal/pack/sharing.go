package pack

import (
	"sync"
	"sync/atomic"
)

// sharing is the work that is left.
type sharing struct {
	forest *Forest
	jobs   int
	roots  []Node
	next   atomic.Int64 // index of the next root
	idle   atomic.Int32 // workers that wait for a frame

	mu      sync.Mutex
	wake    *sync.Cond
	frames  []frame // given away; guarded by mu
	waiting int     // workers in take; guarded by mu
	over    bool    // guarded by mu
}

// give hands a frame to a worker that waits.
func (s *sharing) give(f frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frames = append(s.frames, f)
	s.idle.Add(-1)
	s.wake.Signal()
}

// take waits for a frame. ok is false when all workers wait: nothing is left.
func (s *sharing) take() (f frame, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting++
	defer func() { s.waiting-- }()
	s.idle.Add(1)
	for len(s.frames) == 0 && !s.over {
		if s.waiting == s.jobs {
			s.over = true
			s.wake.Broadcast()
			break
		}
		s.wake.Wait()
	}
	if len(s.frames) == 0 {
		return frame{}, false
	}
	f = s.frames[len(s.frames)-1]
	s.frames = s.frames[:len(s.frames)-1]
	return f, true
}
