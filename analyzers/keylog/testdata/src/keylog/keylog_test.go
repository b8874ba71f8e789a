package keylog

import (
	"os"
	"testing"
)

func Test(t *testing.T) {
	t.Logf("key %s", os.Getenv("AGCLOUD_API_KEY")) // want `given to testing.Logf`
	helper(t, os.Getenv("AGCLOUD_API_KEY"))        // want `given to keylog.helper, which logs it`
}

func helper(tb testing.TB, key string) { tb.Error(key) }
