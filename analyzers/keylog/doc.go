// Package keylog defines an Analyzer that reports keys which get into a log, an
// error or the output.
//
// # Analyzer keylog
//
// keylog: report keys that are logged
//
// Logs are kept longer and read by more people than keys should be. The analyzer
// follows keys from where they come from (AGCLOUD_API_KEY and variables like it,
// keys in the code) over variables, fields, calls and packages, and reports calls
// that give one to
//
//	fmt.Print…, fmt.Fprint… to the standard streams, print, println
//	log, log/slog, zap, zerolog, logrus, klog, glog, logr
//	fmt.Errorf, errors.New, panic
//	the logs of tests
//	httputil.DumpRequest…, for a request whose header holds one
//
// also as a struct with a field that holds a key, unless the type says itself how
// it is printed. A call of a function that logs its parameter is reported where
// the key is given to it.
//
// Uses that show no key are not reported: len(key), key == "", a part of the key
// such as key[:4], setting a header; nor are keys that a test has as fixtures.
//
// Not followed: calls of interface methods and function values, channels,
// reflection, and functions of other modules that are not known to hand on what
// they are given.
package keylog
