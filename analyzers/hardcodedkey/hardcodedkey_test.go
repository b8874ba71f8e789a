package hardcodedkey_test

import (
	"testing"

	"github.com/agcloud/keylint/analyzers/agcloud"
	"github.com/agcloud/keylint/analyzers/hardcodedkey"
	"github.com/agcloud/keylint/analyzers/internal/checktest"
)

func Test(t *testing.T) { checktest.Run(t, hardcodedkey.Analyzer) }

func TestFormats(t *testing.T) {
	checktest.Set(t, hardcodedkey.Analyzer, "formats", "acme-[A-Za-z0-9]{24}")
	checktest.Run(t, hardcodedkey.Analyzer, "formats")
}

func TestHosts(t *testing.T) {
	checktest.Set(t, agcloud.Analyzer, "host", "other.test, llm.corp.example")
	checktest.Run(t, hardcodedkey.Analyzer, "hosts")
}
