// Package embedkey defines an Analyzer that reports files with keys that become
// part of the program.
//
// # Analyzer embedkey
//
// embedkey: report files with keys that are embedded
//
// Whoever has the program has the files in it. The analyzer reports directives
//
//	//go:embed .env
//	//go:embed certs/*.key
//
// whose patterns name .env files or private keys (*.pem, *.key); .env.example and
// files like it are not meant. With -embedkey.read it reads the files and reports
// those in which the rules find a key, and no .pem or .key file without one.
// keylint-vet sets that flag when it runs by itself. go vet does not tell its tools
// what is embedded and would not notice that such a file has changed, so under go
// vet the patterns alone decide.
package embedkey
