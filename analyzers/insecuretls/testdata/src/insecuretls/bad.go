package insecuretls

import (
	"crypto/tls"
	"net/http"
	"os"
)

func bad() (*http.Transport, string) {
	t := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // want `a connection that accepts every certificate gives the key to whoever is on the way: trust the server's authority with RootCAs`
	t.TLSClientConfig.InsecureSkipVerify = true                                  // want `accepts every certificate`
	return t, os.Getenv("AGCLOUD_API_KEY")
}
