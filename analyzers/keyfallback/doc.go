// Package keyfallback defines an Analyzer that reports keys which are used when
// none is configured.
//
// # Analyzer keyfallback
//
// keyfallback: report keys that are defaults
//
// A default key is in the code for everybody to read, and hides that none is
// configured: production runs on the key of a developer until that is revoked.
// The analyzer reports
//
//	if key == "" {
//		key = "sk-…"
//	}
//	cmp.Or(os.Getenv("AGCLOUD_API_KEY"), "sk-…")
//	getenv("AGCLOUD_API_KEY", "sk-…")   // any function with env in its name
//	flag.String("key", "sk-…", "the key")
//	viper.SetDefault("key", "sk-…")
//	Key string `default:"sk-…"`         // also envDefault:"…", env:"…,default=…"
//
// and a key that a function returns which reads the environment. Defaults that
// are no keys are not reported. The fix drops the default.
package keyfallback
