package plainhttp_test

import (
	"testing"

	"github.com/agcloud/keylint/analyzers/internal/checktest"
	"github.com/agcloud/keylint/analyzers/plainhttp"
)

func Test(t *testing.T) { checktest.Run(t, plainhttp.Analyzer) }
