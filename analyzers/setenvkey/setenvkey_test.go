package setenvkey_test

import (
	"testing"

	"github.com/agcloud/keylint/analyzers/internal/checktest"
	"github.com/agcloud/keylint/analyzers/setenvkey"
)

func Test(t *testing.T) { checktest.Run(t, setenvkey.Analyzer) }
