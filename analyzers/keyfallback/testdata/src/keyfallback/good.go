package keyfallback

import (
	"cmp"
	"flag"
	"os"

	"github.com/spf13/viper"
)

type defaults struct {
	A string `default:"eu-central-1" env:"AREA"`
	// B is hardcoded, and no default.
	B string
}

func good() (string, defaults) {
	key := os.Getenv("API_KEY")
	if key == "" {
		key = os.Getenv("OTHER_KEY")
	}
	viper.SetDefault("key", "")
	flag.String("key", "", "the key")
	return cmp.Or(key, "unset"), defaults{B: "@{key 20}@"}
}
