package keyurl_test

import (
	"testing"

	"github.com/agcloud/keylint/analyzers/internal/checktest"
	"github.com/agcloud/keylint/analyzers/keyurl"
)

func Test(t *testing.T) { checktest.Run(t, keyurl.Analyzer) }
