// Package setenvkey defines an Analyzer that reports keys which the code puts
// into an environment.
//
// # Analyzer setenvkey
//
// setenvkey: report keys that the code puts into an environment
//
// An environment variable keeps a key out of the code only if the code does not
// set it. The analyzer reports keys given to os.Setenv, to Setenv of a test, and
// to the environment of a command:
//
//	os.Setenv("AGCLOUD_API_KEY", "sk-…")
//	t.Setenv("AGCLOUD_API_KEY", "sk-…")
//	cmd.Env = append(os.Environ(), "AGCLOUD_API_KEY=sk-…")
//
// Placeholders in tests are not keys and are right. The fix deletes the
// statement where it does nothing else.
package setenvkey
