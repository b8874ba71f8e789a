package checksum

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestCRC16(t *testing.T) {
	if got := crc16([]byte("123456789")); got != 0x31c3 { // the check value of CRC-16/XMODEM
		t.Errorf("%#x", got)
	}
}

func TestNKey(t *testing.T) {
	seed := "SUA" + strings.Repeat("GEZDGNBV", 6) + "GEZDGNA"
	signed := Sign(NKey, seed)
	if ok, _ := Verify(NKey, signed); !ok || len(signed) != 58 || signed[:50] != seed[:50] {
		t.Errorf("%d characters, right: %v", len(signed), ok)
	}
	if ok, _ := Verify(NKey, seed); ok && seed != signed {
		t.Error("a seed with a wrong checksum is right")
	}
}

func TestBasicAuth(t *testing.T) {
	for text, want := range map[string]bool{"joe:" + "x1y2z3": true, "joe": false, ":abcdef": false, "joe:abc": false, "joe:a b c d": false} {
		if got, _ := Verify(BasicAuth, base64.StdEncoding.EncodeToString([]byte(text))); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
