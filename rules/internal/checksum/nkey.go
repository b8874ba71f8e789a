package checksum

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// verifyBasic reports whether token is the base64 of a user and a password, as RFC
// 7617 has them, of at least one and four printable characters.
func verifyBasic(token string) bool {
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(token, "="))
	if err != nil {
		return false
	}
	user, password, ok := strings.Cut(string(text), ":")
	if !ok || user == "" || len(password) < 4 {
		return false
	}
	return strings.IndexFunc(string(text), func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// signNKey corrects the checksum of the seed of a NATS key: base32 of two bytes that
// tell its kind, 32 of the seed, and a CRC-16 of them all, low byte first
// (github.com/nats-io/nkeys, strkey.go and crc16.go).
func signNKey(token string) (string, bool) {
	enc := base32.StdEncoding.WithPadding(base32.NoPadding)
	raw, err := enc.DecodeString(token)
	if err != nil || len(raw) != 36 || !strings.HasPrefix(token, "S") {
		return "", false
	}
	binary.LittleEndian.PutUint16(raw[34:], crc16(raw[:34]))
	return enc.EncodeToString(raw), true
}

// crc16 returns the CRC of XMODEM: polynomial 0x1021, from zero.
func crc16(data []byte) uint16 {
	crc := uint16(0)
	for _, b := range data {
		crc ^= uint16(b) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}
