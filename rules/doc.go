// Package rules finds keys in bytes: bytes in, spans out. It knows no files, no
// git, no flags and no output, and does no I/O but to read rule files.
//
// A [Rule] is data ([Def]), declared in TOML. A [Set] is a list of rules and of
// known keys compiled for matching, and a [Matcher] matches them.
//
// # How a match is found
//
// One pass over the text finds keywords (rules/internal/prefilter): those of the
// rules, and the same keywords as they look when the text around them was
// encoded, so that encoded text costs no pass of its own. Around each hit the
// encoding is undone (rules/internal/codec), and the rule looks at a window of
// the result: a regular expression, or for assignment rules the syntax around a
// name (rules/internal/assign). What it finds is checked: length, entropy,
// checksum, and for keys of unknown format whether it is a placeholder, a
// reference, a path or words (rules/internal/value). That makes a [Candidate].
// [Matcher.Resolve] then applies what concerns a whole file: texts that a rule
// requires elsewhere in it, and which of overlapping candidates counts.
//
// # Locality
//
// Whether a hit leads to a candidate depends on the bytes in its window
// ([Matcher.Window], [Matcher.WindowIn]) and on nothing else, and no window is wider than
// [Set.Footprint]. So a text can be matched in pieces that overlap by twice the
// footprint, or only where it is new, with the same result. Regular expressions
// must have a bounded width for that, and rules without are refused. Property
// tests hold the matcher to it.
package rules
