package keyfallback_test

import (
	"testing"

	"github.com/agcloud/keylint/analyzers/internal/checktest"
	"github.com/agcloud/keylint/analyzers/keyfallback"
)

func Test(t *testing.T) { checktest.Run(t, keyfallback.Analyzer) }
