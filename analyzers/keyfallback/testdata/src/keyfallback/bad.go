package keyfallback

import (
	"cmp"
	"errors"
	"flag"
	"os"

	"github.com/spf13/viper"
)

func guarded() string {
	key := os.Getenv("API_KEY")
	if key == "" {
		key = "@{key 1}@" // want `sk-\S+ is the default for when none is configured: fail instead \[generic-gateway-key [0-9a-f]{32}\]`
	}
	return key
}

func guardedWithMore() (string, bool) {
	key, ok := os.LookupEnv("API_KEY")
	fallback := false
	if !ok {
		key = "@{key 2}@" // want `is the default`
		fallback = true
	}
	return key, fallback
}

func orDefault() string {
	return cmp.Or(os.Getenv("API_KEY"), "@{key 3}@") // want `is the default`
}

func orMany() string {
	return cmp.Or(os.Getenv("API_KEY"), "@{key 4}@", guarded()) // want `is the default`
}

func getenv(name, value string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return value
}

func helper() string { return getenv("API_KEY", "@{key 5}@") } // want `is the default`

func flags(fs *flag.FlagSet) (key string) {
	fs.StringVar(&key, "key", "@{key 6}@", "the key")               // want `is the default`
	return cmp.Or(key, *flag.String("key", "@{key 7}@", "the key")) // want `is the default`
}

func configure() {
	viper.SetDefault("key", "@{key 8}@") // want `is the default`
}

type tags struct {
	A string `default:"@{key 9}@"`                   // want `is the default`
	B string `json:"b" default:"@{key 10}@" env:"B"` // want `is the default`
	C string `env:"C,default=@{key 11}@"`            // want `is the default`
}

type StringFlag struct{ Name, Value string }

var option = StringFlag{Name: "key", Value: "@{key 12}@"} // want `is the default`

func lookup() (string, error) {
	if v := os.Getenv("API_KEY"); v != "" {
		return v, nil
	}
	return "@{key 13}@", errors.New("no key is configured") // want `is the default`
}
