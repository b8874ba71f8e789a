// Package insecuretls defines an Analyzer that reports connections which trust
// every server with a key.
//
// # Analyzer insecuretls
//
// insecuretls: report InsecureSkipVerify in packages that send a key
//
// Without verification of the certificate, whoever is on the way can answer for
// the gateway and gets the key. In packages that speak to the gateway the
// analyzer reports InsecureSkipVerify: true in a tls.Config, and the assignment
// of true to it. Tests, which run servers of their own, are left out. There is no
// fix: name the authority to trust in RootCAs.
package insecuretls
