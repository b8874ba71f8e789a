package verify

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a Retry-After can ask for, so that no sum
// overflows. It is far beyond what a run waits.
const maxRetryAfter = 365 * 24 * time.Hour

// parseRetryAfter reads a Retry-After header, which is a number of seconds or
// a date (RFC 9110, section 10.2.3), and returns how long to wait from now on,
// between 0 and maxRetryAfter. It reports whether the header made sense.
func parseRetryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	if strings.Trim(value, "0123456789") == "" {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds > int64(maxRetryAfter/time.Second) {
			return maxRetryAfter, true // more digits than a number of seconds needs
		}
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return min(max(at.Sub(now), 0), maxRetryAfter), true
}
