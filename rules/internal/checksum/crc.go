package checksum

import (
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"strconv"
	"strings"
)

// base62 lists the digits of GitHub's base 62, least first.
const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// base62Digits is the length of a 32-bit number in base 62.
const base62Digits = 6

// signBase62CRC is the scheme of GitHub and npm tokens: a prefix that ends in
// an underscore, random base-62 digits, and their CRC-32 (IEEE) as six base-62
// digits with leading zeros. The prefix is not part of the sum. Both the
// 40-character tokens and GitHub's longer refresh tokens follow it.
//
// Sources: "Behind GitHub's new authentication token formats" (GitHub
// Engineering, 5 April 2021: "a 32 bit checksum in the last 6 digits of each
// token", CRC32, base62 with leading zeros) and "Announcing npm's new access
// token format" (GitHub Blog, 23 September 2021: the same format). The posts
// leave the digits' order and the summed part open; published revoked tokens
// settle both. NetBird's access tokens follow it, too
// (management/server/types/personal_access_token.go in github.com/netbirdio/netbird).
func signBase62CRC(token string) (string, bool) {
	i := strings.IndexByte(token, '_') + 1
	if i == 0 || len(token)-i <= base62Digits {
		return "", false
	}
	end := len(token) - base62Digits
	return token[:end] + base62CRC(token[i:end]), true
}

// base62CRC returns the CRC-32 (IEEE) of s as six base-62 digits with leading
// zeros.
func base62CRC(s string) string {
	sum := crc32.ChecksumIEEE([]byte(s))
	var digits [base62Digits]byte
	for j := len(digits) - 1; j >= 0; j-- {
		digits[j] = base62[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// signSynapse is the scheme of the access and refresh tokens of Synapse, a
// Matrix server: a prefix, the user's name in base64 and random letters, joined
// by underscores, an underscore, and the CRC-32 (IEEE) of all before it as six
// base-62 digits with leading zeros.
//
// Source: synapse/handlers/auth.py and synapse/util/stringutils.py in
// github.com/element-hq/synapse.
func signSynapse(token string) (string, bool) {
	i := strings.LastIndexByte(token, '_')
	if i < 0 || len(token)-i-1 != base62Digits || strings.Count(token, "_") != 3 {
		return "", false
	}
	return token[:i+1] + base62CRC(token[:i]), true
}

// signGrafana is the scheme of Grafana's service account tokens: the last of
// three parts joined by underscores is the CRC-32 (IEEE) of all before the
// last underscore, as eight hexadecimal digits, least significant byte first.
//
// Source: pkg/components/satokengen/tokengen.go in github.com/grafana/grafana.
func signGrafana(token string) (string, bool) {
	i := strings.LastIndexByte(token, '_')
	if i < 0 || len(token)-i-1 != hex.EncodedLen(crc32.Size) || strings.Count(token, "_") != 2 {
		return "", false
	}
	sum := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(token[:i])))
	return token[:i+1] + hex.EncodeToString(sum), true
}

// The layout of the end of GitLab's routable tokens, in bytes.
const (
	gitlabLength = 2 // the payload's length in base 36
	gitlabCRC    = 7 // the CRC-32 (IEEE) of all before it in base 36
	gitlabMin    = 27
	gitlabMax    = 300
)

// verifyGitLab checks GitLab's routable tokens: a prefix, an unpadded base64url
// payload of 27 to 300 bytes, a dot, a version and a dot (none in the first
// version), and the two numbers above, padded with zeros.
//
// Sources: "Cells: Routable Tokens" in the GitLab handbook, and
// lib/authn/token_field/generator/routable_token.rb in GitLab's repository.
func verifyGitLab(token string) bool {
	payload, n, ok := splitGitLab(token)
	if !ok || n < gitlabMin || n > gitlabMax || n > len(payload) || token != gitlabSum(token) {
		return false
	}
	_, ok = decodeBase64URL(payload[len(payload)-n:])
	return ok
}

// signGitLab corrects the length and the checksum; the prefix ends at the first
// hyphen.
func signGitLab(token string) string {
	payload, _, ok := splitGitLab(token)
	if !ok {
		return token
	}
	n := len(payload) - strings.IndexByte(payload, '-') - 1
	if n > gitlabMax {
		return token
	}
	tail := len(token) - gitlabCRC
	return gitlabSum(token[:tail-gitlabLength] + base36(uint32(n), gitlabLength) + token[tail:])
}

// splitGitLab returns the part of token that ends in the payload, and the
// stated length of the payload, 0 if it is not a number.
func splitGitLab(token string) (payload string, n int, ok bool) {
	tail := len(token) - gitlabCRC - gitlabLength
	if tail < 1 || token[tail-1] != '.' {
		return "", 0, false
	}
	payload = token[:tail-1]
	if i := strings.IndexByte(payload, '.'); i >= 0 {
		if len(payload)-i-1 != 2 { // the version has two digits
			return "", 0, false
		}
		payload = payload[:i]
	}
	length, err := strconv.ParseUint(token[tail:tail+gitlabLength], 36, 16)
	if err != nil {
		length = 0
	}
	return payload, int(length), true
}

// gitlabSum returns token with its last seven bytes replaced by the checksum.
func gitlabSum(token string) string {
	end := len(token) - gitlabCRC
	return token[:end] + base36(crc32.ChecksumIEEE([]byte(token[:end])), gitlabCRC)
}

// base36 formats n in base 36 with leading zeros up to width.
func base36(n uint32, width int) string {
	s := strconv.FormatUint(uint64(n), 36)
	return strings.Repeat("0", max(0, width-len(s))) + s
}
