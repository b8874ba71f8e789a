package setenvkey

import "testing"

func Test(t *testing.T) {
	t.Setenv("API_KEY", "placeholder")
	t.Setenv("API_KEY", "@{key 1}@") // want `is put into the environment by the code: set it outside, in a test`
}
