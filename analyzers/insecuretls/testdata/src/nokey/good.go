// Package nokey sends no key of the gateway; other linters judge it.
package nokey

import "crypto/tls"

var config = tls.Config{InsecureSkipVerify: true}
