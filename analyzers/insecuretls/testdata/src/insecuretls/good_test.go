package insecuretls

import "crypto/tls"

var config = tls.Config{InsecureSkipVerify: true} // a server of the test
