// Package plainhttp defines an Analyzer that reports URLs of the gateway without
// TLS.
//
// # Analyzer plainhttp
//
// plainhttp: report http URLs of the AGCloud gateway
//
// A request over plain http shows its key to everybody on the way, also when the
// server only answers with a redirect to https. The analyzer reports constants
// that contain http:// and a host of the gateway (see agcloud), with a port and
// subdomains or without. Other hosts, localhost among them, are not reported. The
// fix writes https.
package plainhttp
