package embedkey

import "embed"

//go:embed .env.example "public.pem"
var example embed.FS
