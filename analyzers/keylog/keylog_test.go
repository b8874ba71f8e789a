package keylog_test

import (
	"testing"

	"github.com/agcloud/keylint/analyzers/internal/checktest"
	"github.com/agcloud/keylint/analyzers/keylog"
)

func Test(t *testing.T) { checktest.Run(t, keylog.Analyzer, "keylog/...") }
