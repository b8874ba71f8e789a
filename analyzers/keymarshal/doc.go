// Package keymarshal defines an Analyzer that reports structs which write their
// key out when they are marshalled or printed.
//
// # Analyzer keymarshal
//
// keymarshal: report fields with keys that are marshalled or printed
//
// A struct that holds a key tends to be dumped: into a status page, a debug log,
// a saved configuration. The analyzer reports fields of structs that hold a key
// (one is assigned to them, or their tag names a variable such as AGCLOUD_API_KEY)
// and
//
//	Key string `json:"key"`                           // also yaml, toml, xml
//	func (c Config) String() string { … c.Key … }     // also MarshalJSON and others
//
// It is off by default, because configurations that are read from files need
// such tags; -keymarshal.enabled turns it on. The fix for a tag is "-".
package keymarshal
