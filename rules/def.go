package rules

// A Def is a rule as a rule file declares it. The TOML keys are the lower-case
// names in the tags; unknown keys are errors.
type Def struct {
	ID          string     `toml:"id"`    // kebab-case, unique, stable for ever
	Title       string     `toml:"title"` // what was found, as a noun phrase
	Provider    string     `toml:"provider"`
	Description string     `toml:"description"` // what the key gives access to, one or two sentences
	Help        string     `toml:"help"`        // what the user does now: where to revoke, what to use instead
	Since       string     `toml:"since"`       // the keylint version that brought the rule
	Severity    Severity   `toml:"severity"`
	Confidence  Confidence `toml:"confidence"`
	Category    string     `toml:"category"` // default: secret
	// Priority decides between rules that match overlapping bytes; the highest
	// is reported. Default 50. A provider's exact format has 60, a name that
	// means one provider's key 50, a bare shape 30.
	Priority int `toml:"priority"`

	// Keywords are literal texts, one of which every match contains. They are
	// compared without regard to ASCII case unless CaseSensitive is set. At
	// least 3 bytes each.
	Keywords      []string `toml:"keywords"`
	CaseSensitive bool     `toml:"case_sensitive"`
	// Regex is matched (RE2 syntax) in a window around each keyword. The group
	// named "secret" is the key. It must have a bounded width.
	Regex string `toml:"regex"`
	// Name makes the rule an assignment rule: instead of Regex, the identifier
	// around the keyword is matched against Name, and the value that the
	// surrounding syntax gives to it is the key.
	Name string `toml:"name"`
	// Section and Field extend an assignment rule to sections: in the section,
	// table or object whose name matches Section, the names that match Field.
	Section string `toml:"section"`
	Field   string `toml:"field"`
	// Class makes the rule one for generic secrets: "password", "secret", "token",
	// "key", "auth" or "salt", see rules/internal/names. Without Regex, the value of
	// every name of the class is the key. Whether it is one is decided by a score,
	// see rules/internal/score.
	Class string `toml:"class"`
	// Userinfo makes a rule of a class, whose keyword must be "://", one for the
	// passwords in URLs instead.
	Userinfo bool `toml:"userinfo"`
	// Depth is how many layers of base64 and hex the keywords are looked for
	// under, up to 3. 0 means 1; -1 means none. From 2 on, text in which every
	// character is escaped is searched, too.
	Depth int `toml:"depth"`

	// Known marks the one rule that reports known keys; it has no keywords, no
	// pattern and no examples.
	Known bool `toml:"known"`
	// Whole says that a finding of a Regex begins where the match begins, not
	// where the key does: at the line that says what follows, such as the BEGIN
	// line of a PEM block.
	Whole bool `toml:"whole"`
	// Opaque says that the key of a Regex has no known format: it is checked as
	// the values of assignment rules are, against placeholders, references,
	// paths, words and hashes.
	Opaque    bool     `toml:"opaque"`
	Entropy   float64  `toml:"entropy"`    // least Shannon entropy, bits per byte
	MinLength int      `toml:"min_length"` // least length of the key, bytes
	Variety   int      `toml:"variety"`    // least number of distinct bytes
	Checksum  string   `toml:"checksum"`   // an algorithm of rules/internal/checksum
	StopWords []string `toml:"stop_words"` // texts that make a key a placeholder, ASCII case ignored

	Paths        []string `toml:"paths"`         // doublestar globs; only these files
	ExcludePaths []string `toml:"exclude_paths"` // doublestar globs; not these files
	// Requires lists literal texts, one of which must stand somewhere in the
	// same file, ASCII case ignored.
	Requires []string `toml:"requires"`

	// With makes a composite rule: all of these must stand near the keyword,
	// too. The group named "secret" can be in one of them instead of in Regex.
	With []Companion `toml:"with" json:",omitempty"`

	References      []string `toml:"references"`       // where the format is documented
	Examples        []string `toml:"examples"`         // templates that must match
	CounterExamples []string `toml:"counter_examples"` // templates that must not

	// Verify says how to ask the service about a key. It is no part of the
	// rule's digest, as it has no say in what the rule finds.
	Verify Recipe `toml:"verify" json:"-"`
}
