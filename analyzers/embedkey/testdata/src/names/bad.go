// Package names is checked without reading what it embeds.
package names

import "embed"

//go:embed .env // want `".env" becomes a part of the program`
var env string

//go:embed *.pem settings // want `"\*.pem" becomes a part of the program`
var other embed.FS
