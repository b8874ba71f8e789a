package insecuretls

import "crypto/tls"

type other struct{ InsecureSkipVerify bool }

func good(b bool) (tls.Config, other) {
	return tls.Config{InsecureSkipVerify: false, MinVersion: tls.VersionTLS13}, other{InsecureSkipVerify: true}
}
