package rules

import (
	"fmt"
	"strings"
)

// Severity says how much harm a finding can do.
type Severity int

// The severities, mildest first, so that they compare with < and >.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"info", "low", "medium", "high", "critical"}

// String returns the name used in reports and rule files.
func (s Severity) String() string {
	if s < Info || s > Critical {
		return fmt.Sprintf("Severity(%d)", int(s))
	}
	return severityNames[s]
}

// MarshalText implements [encoding.TextMarshaler].
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. Besides the five names
// it takes "warning" for medium and "error" for high.
func (s *Severity) UnmarshalText(b []byte) error {
	switch string(b) {
	case "warning":
		*s = Medium
		return nil
	case "error":
		*s = High
		return nil
	}
	for i, name := range severityNames {
		if string(b) == name {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q: use one of %s", b, strings.Join(severityNames[:], ", "))
}

// Confidence says how sure a rule is that what it found is a secret.
type Confidence int

// The confidences, weakest first.
const (
	LowConfidence Confidence = iota
	MediumConfidence
	HighConfidence
)

var confidenceNames = [...]string{"low", "medium", "high"}

// String returns the name used in reports and rule files.
func (c Confidence) String() string {
	if c < LowConfidence || c > HighConfidence {
		return fmt.Sprintf("Confidence(%d)", int(c))
	}
	return confidenceNames[c]
}

// MarshalText implements [encoding.TextMarshaler].
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *Confidence) UnmarshalText(b []byte) error {
	for i, name := range confidenceNames {
		if string(b) == name {
			*c = Confidence(i)
			return nil
		}
	}
	return fmt.Errorf("unknown confidence %q: use one of %s", b, strings.Join(confidenceNames[:], ", "))
}

// The categories of rules.
const (
	CategorySecret  = "secret"
	CategoryHygiene = "hygiene"
)
