package insecuretls_test

import (
	"testing"

	"github.com/agcloud/keylint/analyzers/insecuretls"
	"github.com/agcloud/keylint/analyzers/internal/checktest"
)

func Test(t *testing.T) { checktest.Run(t, insecuretls.Analyzer, "insecuretls", "nokey") }
