package verify

import (
	"context"
	"time"
)

// A clock tells the time and waits. Tests have one of their own.
type clock interface {
	Now() time.Time
	// Sleep waits, or returns the error of ctx as soon as that is done.
	Sleep(ctx context.Context, d time.Duration) error
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
