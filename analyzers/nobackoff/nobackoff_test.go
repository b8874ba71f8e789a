package nobackoff_test

import (
	"testing"

	"github.com/agcloud/keylint/analyzers/internal/checktest"
	"github.com/agcloud/keylint/analyzers/nobackoff"
)

func Test(t *testing.T) { checktest.Run(t, nobackoff.Analyzer) }

func TestUnhandled(t *testing.T) {
	checktest.Set(t, nobackoff.Analyzer, "unhandled", "true")
	checktest.Run(t, nobackoff.Analyzer, "unhandled", "handled")
}
