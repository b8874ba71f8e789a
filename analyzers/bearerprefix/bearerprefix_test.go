package bearerprefix_test

import (
	"testing"

	"github.com/agcloud/keylint/analyzers/bearerprefix"
	"github.com/agcloud/keylint/analyzers/internal/checktest"
)

func Test(t *testing.T) { checktest.Run(t, bearerprefix.Analyzer) }
