// Package hardcodedkey defines an Analyzer that reports keys in the code.
//
// # Analyzer hardcodedkey
//
// hardcodedkey: report keys in the code
//
// Whoever can read the code, or the program made of it, has the key. The analyzer
// reports each expression whose value is or holds a key by the rules of keylint,
// whatever the expression looks like:
//
//	client := New("sk-…")                                 // an argument
//	const key = "sk-" + "…"                               // constants are folded
//	req.Header.Set("Authorization", "Bearer sk-…")        // a key in a longer text
//	key := []byte{'s', 'k', '-', …}                       // bytes and runes
//	key := fmt.Sprintf("%s-%s", "sk", "…")                // functions of constants
//	key, _ := base64.StdEncoding.DecodeString("c2st…")    // decoded constants
//
// Of nested expressions that hold a key the outermost is reported. A constant is
// reported where it is declared, and one of another package where that is used
// first. Keys in comments and in the tags of fields are reported, too. The names
// of variables, fields and parameters count as they do in a scan of the file: they
// make a key of a value that looks like one, and of no other.
//
// A key that is a default, that is put into the environment or that is part of a
// URL is reported by keyfallback, setenvkey or keyurl, which know better advice,
// and not here; -hardcodedkey.all reports those as well, for when these analyzers
// do not run. Findings in _test.go files have the category test-key.
//
// The fix reads the key from an environment variable. It turns an unexported
// constant into a variable where nothing needs a constant. There is no fix where
// a key is compared with, as it would accept an empty key when the variable is
// not set, and none where the key is encoded.
//
// -hardcodedkey.formats=EXPR adds a shape of keys, a regular expression for whole
// keys. A message ends with the rule and the fingerprint of the finding, which
// are those of keylint scan in the directory of the module.
package hardcodedkey
