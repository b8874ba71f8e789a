// Package checksum tells tokens from strings that merely look like them,
// offline: many providers put a checksum into their tokens, or build them from
// parts that decode to something known.
//
// An algorithm is here only if the provider documents it, ships it as source
// code, or follows a published specification; each names its source. A format
// whose checksum is not public has no kind, however plausible a guess may be,
// because a wrong guess hides every real token.
package checksum

import "fmt"

// The kinds of checksum, the values of the checksum field of a rule.
const (
	AgeSecretKey = "age-secret-key" // with or without the first 15 bytes, AGE-SECRET-KEY-
	AWSAccount   = "aws-account"
	BasicAuth    = "basic-auth" // the credentials of RFC 7617
	DiscordBot   = "discord-bot"
	GitHubCRC32  = "github-crc32"
	GitLabCRC32  = "gitlab-crc32"
	GrafanaCRC32 = "grafana-crc32"
	JWT          = "jwt"
	NKey         = "nkey" // the seeds of github.com/nats-io/nkeys
	NPMCRC32     = "npm-crc32"
	PyPIMacaroon = "pypi-macaroon"
	SynapseCRC32 = "synapse-crc32"
)

// Kinds returns the known kinds in alphabetical order.
func Kinds() []string {
	return []string{
		AgeSecretKey, AWSAccount, BasicAuth, DiscordBot, GitHubCRC32, GitLabCRC32, GrafanaCRC32, JWT, NKey, NPMCRC32, PyPIMacaroon,
		SynapseCRC32,
	}
}

// Known reports whether kind names an algorithm of this package.
func Known(kind string) bool {
	_, ok := lookup(kind)
	return ok
}

// Verify reports whether token, a whole token with its prefix (but see
// AgeSecretKey), is well-formed and carries the right checksum. The error is non-nil only if kind is
// unknown.
func Verify(kind, token string) (bool, error) {
	a, ok := lookup(kind)
	if !ok {
		return false, fmt.Errorf("unknown checksum kind %q", kind)
	}
	return a.verify(token), nil
}

// Sign returns token with its checksum corrected, so that a token of random
// characters becomes one that Verify accepts. The result is as long as token.
// Sign returns token unchanged if kind is unknown, if token has not the shape
// of the kind, or if the kind has no part that follows from the others (a JWT
// and a Discord token decode to something known or do not).
//
// It exists for tests, which generate their tokens at run time so that none
// is ever committed.
func Sign(kind, token string) string {
	a, ok := lookup(kind)
	if !ok || a.sign == nil {
		return token
	}
	return a.sign(token)
}

// An algorithm is the implementation of one kind. A nil sign corrects nothing.
type algorithm struct {
	verify func(token string) bool
	sign   func(token string) string
}

// lookup returns the algorithm of a kind.
func lookup(kind string) (algorithm, bool) {
	switch kind {
	case AgeSecretKey:
		return algorithm{verifyAge, signAge}, true
	case AWSAccount:
		return algorithm{verifyAWS, signAWS}, true
	case BasicAuth:
		return algorithm{verifyBasic, nil}, true
	case NKey:
		return signed(signNKey), true
	case DiscordBot:
		return algorithm{verifyDiscord, nil}, true
	case GitHubCRC32, NPMCRC32:
		return signed(signBase62CRC), true
	case GitLabCRC32:
		return algorithm{verifyGitLab, signGitLab}, true
	case GrafanaCRC32:
		return signed(signGrafana), true
	case JWT:
		return algorithm{verifyJWT, nil}, true
	case PyPIMacaroon:
		return algorithm{verifyPyPI, signPyPI}, true
	case SynapseCRC32:
		return signed(signSynapse), true
	}
	return algorithm{}, false
}

// signed returns the algorithm of a kind whose checksum is a function of the
// rest of the token: a token is right if signing does not change it. sign
// reports false for a token that is not of the kind's shape.
func signed(sign func(token string) (string, bool)) algorithm {
	return algorithm{
		verify: func(token string) bool {
			want, ok := sign(token)
			return ok && token == want
		},
		sign: func(token string) string {
			if s, ok := sign(token); ok {
				return s
			}
			return token
		},
	}
}
