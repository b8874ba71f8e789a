package dotenv

import (
	"slices"
	"strings"
	"unicode"
)

// IsKeyName reports whether a variable of this name holds a secret: it has a
// word such as KEY, TOKEN or PASSWORD, and no word that makes it a fact about
// the secret (KEY_ID, TOKEN_URL, PASSWORD_MIN_LENGTH) or another kind of key
// (PUBLIC_KEY, CACHE_KEY). Words are told apart by _, -, . and changes of case.
// Names of URLs that can hold a password, as DATABASE_URL, are not key names.
func IsKeyName(name string) bool {
	words := split(name)
	if len(words) == 0 || len(words) > 1 && slices.Contains(switches(), words[0]) {
		return false
	}
	last := -1
	for i := range words {
		if isSecretWord(words, i) {
			last = i
		}
	}
	if last < 0 {
		return false
	}
	for _, w := range words[last+1:] {
		if slices.Contains(facts(), w) {
			return false
		}
	}
	return !slices.ContainsFunc(words, func(w string) bool { return w == "MAX" || w == "MIN" || w == "NUM" })
}

// isSecretWord reports whether the word at i says that the variable is a secret.
func isSecretWord(words []string, i int) bool {
	w, last := words[i], i == len(words)-1
	switch w {
	case "KEY", "KEYS":
		return i == 0 || !slices.Contains(otherKeys(), words[i-1])
	case "TOKEN", "TOKENS", "SECRET", "SECRETS", "PASSPHRASE", "PASSCODE", "CREDENTIAL", "CREDENTIALS", "CREDS":
		return true
	case "AUTH", "PRIVATE":
		return last
	case "PASS", "PWD", "PAT": // alone they mean something else
		return last && i > 0
	}
	for _, end := range compounds() {
		if strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}

// compounds lists ends of words that are written without a separator, as
// PGPASSWORD.
func compounds() []string {
	return []string{"PASSWORD", "PASSWORDS", "PASSWD", "APIKEY", "APIKEYS", "SECRETKEY", "ACCESSKEY", "PRIVATEKEY",
		"AUTHTOKEN", "ACCESSTOKEN", "APITOKEN", "CLIENTSECRET", "APISECRET"}
}

// otherKeys lists words that make the KEY behind them no secret.
func otherKeys() []string {
	return []string{"PUBLIC", "PUB", "PUBLISHABLE", "PRIMARY", "FOREIGN", "SORT", "PARTITION", "CACHE", "HOT", "IDEMPOTENCY"}
}

// switches lists first words of variables that turn something on or off.
func switches() []string {
	return []string{"USE", "HAS", "IS", "NO", "ENABLE", "DISABLE", "REQUIRE", "SKIP", "ALLOW", "ROTATE"}
}

// facts lists words that, behind the name of a secret, make it a fact about it.
func facts() []string {
	return []string{
		"ID", "IDS", "NAME", "NAMES", "ALIAS", "LABEL", "ARN", "REF", "FINGERPRINT", "HINT", "FIELD", "COLUMN", "TABLE", "HEADER",
		"FILE", "FILENAME", "PATH", "DIR", "STORE", "VAULT", "RING", "URL", "URI", "ENDPOINT", "HOST", "HOSTNAME", "PORT", "DOMAIN",
		"SERVER", "SERVICE", "REGION", "LENGTH", "LEN", "SIZE", "BITS", "COUNT", "LIMIT", "TYPE", "KIND", "FORMAT", "PREFIX", "SUFFIX",
		"PATTERN", "REGEX", "ALGORITHM", "ALG", "VERSION", "TTL", "EXPIRY", "EXPIRES", "EXPIRATION", "LIFETIME", "TIMEOUT", "INTERVAL",
		"AGE", "DAYS", "HOURS", "MINUTES", "SECONDS", "MS", "ENABLED", "DISABLED", "REQUIRED", "ALLOWED", "PROVIDER", "MODE", "METHOD",
		"STRATEGY", "DRIVER", "BACKEND", "ISSUER", "AUDIENCE", "SCOPE", "SCOPES", "POLICY", "ROTATION", "ROUNDS", "RESET", "USER",
		"USERNAME", "EMAIL", "SOCK",
	}
}

// split returns the words of name in upper case, without the digits.
func split(name string) []string {
	var words []string
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) }) {
		runes := []rune(part)
		start := 0
		for i := 1; i < len(runes); i++ {
			rise := unicode.IsLower(runes[i-1]) && unicode.IsUpper(runes[i])
			acronym := unicode.IsUpper(runes[i-1]) && unicode.IsUpper(runes[i]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if rise || acronym {
				words = append(words, strings.ToUpper(string(runes[start:i])))
				start = i
			}
		}
		words = append(words, strings.ToUpper(string(runes[start:])))
	}
	return words
}
