package verify

import (
	"context"
	"crypto/rand"
	"regexp"
	"strings"
	"sync"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A calibration finds out, once a run, whether a service refuses a random key
// that is sent as the keys are. Without that, an answer that finds fault with
// the request may have been given before anybody looked at the key.
type calibration struct {
	mu   sync.Mutex    // guards done
	done chan struct{} // closed when fault is set; nil before the first need
	*fault
}

// calibrate waits for the calibration of a recipe, or makes it if it is the
// first to need it. A nil fault means that a refusal can be told.
func (v *Verifier) calibrate(ctx context.Context, r *recipe, key rules.Secret) *fault {
	c := &r.proof
	c.mu.Lock()
	if c.done != nil {
		c.mu.Unlock()
		select {
		case <-c.done:
			return c.fault
		case <-ctx.Done():
			return interrupted()
		}
	}
	c.done = make(chan struct{})
	c.mu.Unlock()
	defer close(c.done)
	c.fault = v.control(ctx, r, key)
	return c.fault
}

// control sends a random key.
func (v *Verifier) control(ctx context.Context, r *recipe, key rules.Secret) *fault {
	rep, f := v.ask(ctx, r, randomLike(key), r.Body)
	switch {
	case f != nil && f.reason == budgetSpent, f != nil && f.stop:
		return f
	case f != nil:
		return &fault{reason: "a random key, sent to see whether the answer means anything, got no answer: " + f.reason}
	}
	if a := judge(r.Answers, rep); a == nil || a.State != scanner.StatusDead || a.Control {
		return &fault{reason: "it does not refuse a random key either, so that its answer says nothing of this one"}
	}
	return nil
}

// prefix is what keys of one kind have in common.
var prefix = regexp.MustCompile(`^[A-Za-z]{1,8}[-_]`)

// randomLike returns a random key of the length of key and with its prefix, so
// that it is not refused for its looks alone.
func randomLike(key rules.Secret) rules.Secret {
	head := prefix.FindString(key.Reveal())
	text := head
	for len(text) < key.Len() {
		text += strings.ToLower(rand.Text())
	}
	return rules.NewSecret([]byte(text[:key.Len()]))
}
