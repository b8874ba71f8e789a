package checksum

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strings"
)

// The layout of AWS access key ids.
const (
	awsPrefix     = 4  // AKIA, ASIA and the like
	awsBase32     = 16 // base32 digits after the prefix
	awsMaxAccount = 999_999_999_999
)

// verifyAWS checks that an access key id is four letters and 16 base32 digits,
// and that the account number in them has at most twelve decimal digits. The
// account is in the 40 bits after the first.
//
// Sources: IAM User Guide, "IAM identifiers" (prefixes); A. Steele, "AWS
// Access Key ID formats" (2020), and T. Be'ery, "A short note on AWS KEY ID"
// (2023), who checked the layout against the sts:GetAccessKeyInfo API.
func verifyAWS(token string) bool {
	b, ok := decodeAWS(token)
	return ok && awsAccount(b) <= awsMaxAccount
}

// signAWS clears the highest bit of an account number that is too large.
func signAWS(token string) string {
	b, ok := decodeAWS(token)
	if !ok || awsAccount(b) <= awsMaxAccount {
		return token
	}
	b[0] &^= 0x40
	return token[:awsPrefix] + base32.StdEncoding.EncodeToString(b)
}

// decodeAWS decodes the part after the prefix.
func decodeAWS(token string) ([]byte, bool) {
	if len(token) != awsPrefix+awsBase32 {
		return nil, false
	}
	b, err := base32.StdEncoding.DecodeString(token[awsPrefix:])
	return b, err == nil && len(b) == awsBase32*5/8 // less: it ignored line ends
}

// awsAccount returns the account number in the decoded part of a key id.
func awsAccount(b []byte) uint64 {
	return binary.BigEndian.Uint64(b) << 1 >> 24
}

// verifyDiscord checks the first of the three parts of a Discord bot token: the
// bot's user id, a decimal number of 17 to 20 digits, in base64url without
// padding.
//
// Source: Discord Developer Documentation, "API Reference", sections
// "Authentication" (whose example decodes to an id) and "Snowflakes".
func verifyDiscord(token string) bool {
	id, rest, ok := strings.Cut(token, ".")
	if !ok || strings.Count(rest, ".") != 1 {
		return false
	}
	b, ok := decodeBase64URL(id)
	if !ok || len(b) < 17 || len(b) > 20 {
		return false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// verifyJWT checks a signed JSON Web Token in compact form: a header that is a
// JSON object with a string member "alg" other than "none", a payload that is
// a JSON object, and a signature, each in base64url without padding.
//
// Sources: RFC 7515, sections 3.1 and 4.1.1; RFC 7519, sections 6 and 7.2.
func verifyJWT(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || parts[2] == "" {
		return false
	}
	var raw [3][]byte
	for i, p := range parts {
		b, ok := decodeBase64URL(p)
		if !ok {
			return false
		}
		raw[i] = b
	}
	var header struct {
		Alg string `json:"alg"`
	}
	var payload map[string]json.RawMessage
	return json.Unmarshal(raw[0], &header) == nil && header.Alg != "" && !strings.EqualFold(header.Alg, "none") &&
		json.Unmarshal(raw[1], &payload) == nil && payload != nil
}

// The field types of a version 2 macaroon.
const (
	macaroonVersion = 2

	macaroonEnd        = 0
	macaroonLocation   = 1
	macaroonIdentifier = 2
	macaroonVerifier   = 4
	macaroonSignature  = 6

	macaroonSignatureLen = 32
)

// pypiPrefix is what PyPI puts before a macaroon.
const pypiPrefix = "pypi-"

// verifyPyPI checks that a PyPI API token is a macaroon of version 2 in
// unpadded base64url whose location is pypi.org or test.pypi.org.
//
// Sources: warehouse/macaroons/services.py in github.com/pypi/warehouse (the
// prefix and the location), and doc/format.txt in
// github.com/rescrv/libmacaroons (the binary format).
func verifyPyPI(token string) bool {
	r, ok := decodePyPI(token)
	if !ok || !r.is(macaroonVersion) {
		return false
	}
	location, ok := r.field(macaroonLocation)
	if !ok || (string(location) != "pypi.org" && string(location) != "test.pypi.org") {
		return false
	}
	if id, ok := r.field(macaroonIdentifier); !ok || len(id) == 0 || !r.is(macaroonEnd) {
		return false
	}
	for !r.is(macaroonEnd) { // caveats, each a section
		r.field(macaroonLocation)
		if _, ok := r.field(macaroonIdentifier); !ok {
			return false
		}
		r.field(macaroonVerifier)
		if !r.is(macaroonEnd) {
			return false
		}
	}
	sig, ok := r.field(macaroonSignature)
	return ok && len(sig) == macaroonSignatureLen && len(r.b) == 0
}

// signPyPI makes everything after the location an identifier and a signature,
// without caveats.
func signPyPI(token string) string {
	r, ok := decodePyPI(token)
	if !ok || verifyPyPI(token) {
		return token
	}
	all := r.b
	if !r.is(macaroonVersion) {
		return token
	}
	if _, ok := r.field(macaroonLocation); !ok {
		return token
	}
	// The identifier's type, length (one byte) and end, the caveats' end, and
	// the signature with its type and length.
	id := len(r.b) - (3 + 1 + 2 + macaroonSignatureLen)
	if id < 1 || id > 127 {
		return token
	}
	rest := r.b
	rest[0], rest[1] = macaroonIdentifier, byte(id)
	rest = rest[2+id:]
	rest[0], rest[1] = macaroonEnd, macaroonEnd
	rest[2], rest[3] = macaroonSignature, macaroonSignatureLen
	return pypiPrefix + base64.RawURLEncoding.EncodeToString(all)
}

// decodePyPI decodes the macaroon in a token.
func decodePyPI(token string) (*fields, bool) {
	s, ok := strings.CutPrefix(token, pypiPrefix)
	if !ok {
		return nil, false
	}
	b, ok := decodeBase64URL(s)
	return &fields{b}, ok
}

// fields reads the binary form of a macaroon.
type fields struct{ b []byte } // what is left to read

// is reports whether the next byte is c, and consumes it if so.
func (f *fields) is(c byte) bool {
	ok := len(f.b) > 0 && f.b[0] == c
	if ok {
		f.b = f.b[1:]
	}
	return ok
}

// field returns the data of the next field if it is of type c and whole, and
// consumes it if so.
func (f *fields) field(c byte) ([]byte, bool) {
	if len(f.b) == 0 || f.b[0] != c {
		return nil, false
	}
	n, size := binary.Uvarint(f.b[1:])
	if size <= 0 || n > uint64(len(f.b)-1-size) {
		return nil, false
	}
	data := f.b[1+size:]
	f.b = data[n:]
	return bytes.Clone(data[:n]), true
}

// decodeBase64URL decodes base64url without padding. Unlike the standard
// library it takes no line ends inside.
func decodeBase64URL(s string) ([]byte, bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	return b, err == nil && !strings.ContainsAny(s, "\r\n")
}
