package keymarshal_test

import (
	"testing"

	"github.com/agcloud/keylint/analyzers/internal/checktest"
	"github.com/agcloud/keylint/analyzers/keymarshal"
)

func Test(t *testing.T) {
	checktest.Set(t, keymarshal.Analyzer, "enabled", "true")
	checktest.Run(t, keymarshal.Analyzer)
}
