package embedkey_test

import (
	"testing"

	"github.com/agcloud/keylint/analyzers/embedkey"
	"github.com/agcloud/keylint/analyzers/internal/checktest"
)

func TestNames(t *testing.T) { checktest.Run(t, embedkey.Analyzer, "names") }

func TestContent(t *testing.T) {
	checktest.Set(t, embedkey.Analyzer, embedkey.ReadFlag, "true")
	checktest.Run(t, embedkey.Analyzer)
}
