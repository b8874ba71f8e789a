// Package config hands keys to other packages.
package config

import "os"

type Config struct {
	Key  string
	Host string
}

var Global = os.Getenv("AGCLOUD_API_KEY")

func Load() Config { return Config{Key: Key(), Host: os.Getenv("HOST")} }

func Key() string { return os.Getenv("AGCLOUD_API_KEY") }

func Lookup() (string, error) {
	k, ok := os.LookupEnv("AGCLOUD_API_KEY")
	if !ok {
		return "", os.ErrNotExist
	}
	return k, nil
}

func Getenv(name string) string { return os.Getenv(name) }

func Debug(v string) { println(v) }

func Host() string { return os.Getenv("HOST") }
