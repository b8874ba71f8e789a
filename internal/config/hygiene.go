package config

import (
	"fmt"
	"strings"
	"time"
)

// Hygiene says what the checks of habits hold keys to.
type Hygiene struct {
	RotateAfter string `toml:"rotate_after"` // how long a key may be in use, as in "90d"
}

// MaxAge returns RotateAfter; 0 when it is not set.
func (h *Hygiene) MaxAge() (time.Duration, error) {
	if h.RotateAfter == "" {
		return 0, nil
	}
	return ParseAge(h.RotateAfter)
}

// ParseAge reads a length of time of more than zero: days, as in 90d, or the
// units of [time.ParseDuration].
func ParseAge(text string) (time.Duration, error) {
	span, unit := text, time.Duration(1)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		span, unit = days+"h", 24
	}
	d, err := time.ParseDuration(span)
	const most = 100 * 366 * 24 * time.Hour
	if err != nil || d <= 0 || d > most/unit {
		return 0, fmt.Errorf("%q is no length of time up to 100 years: write 90d or 12h", text)
	}
	return d * unit, nil
}
