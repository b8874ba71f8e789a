package embedkey

import "embed"

//go:embed .env // want `".env" becomes a part of the program: read it, or the environment, when the program runs`
var env string

//go:embed .env.production public.pem // want `".env.production" becomes a part of the program`
var production embed.FS

//go:embed settings // want `sk-\S+ is in "settings/app.yaml", which becomes a part of the program \[generic-gateway-key [0-9a-f]{32}\]`
var settings embed.FS
