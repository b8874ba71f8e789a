package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
)

// Verify says how keys are verified. Nothing here turns verification on: that
// takes --verify, since keys leave the machine by it.
type Verify struct {
	Rate    float64  `toml:"rate"`    // requests a second and host
	Budget  int      `toml:"budget"`  // most requests of a run; 0 means no limit
	Disable []string `toml:"disable"` // rules whose keys are not verified
	// Hosts are hosts to which rules that are not built in may send keys. They
	// are read from the user's own configuration only: what is scanned has no
	// say in where keys go.
	Hosts []string `toml:"hosts"`
}

// maxRate is the most requests a second and host that can be configured.
const maxRate = 50

// checkVerify refuses values that make no sense, and hosts.
func (c *Config) checkVerify() error {
	v := &c.Verify
	switch {
	case !(v.Rate >= 0 && v.Rate <= maxRate): // also what is no number
		return c.errorAt("verify", "rate", fmt.Errorf("%v is not between 0 and %d requests a second", v.Rate, maxRate))
	case v.Budget < 0:
		return c.errorAt("verify", "budget", errors.New("must not be negative"))
	case len(v.Hosts) > 0:
		return c.errorAt("verify", "hosts", errors.New("hosts are named in your own configuration, keylint/config.toml in the configuration directory of your user, and never in that of what is scanned"))
	}
	return nil
}

// UserFile returns the path of the user's own configuration: keylint/config.toml
// in the platform's configuration directory.
func UserFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "keylint", "config.toml"), nil
}

// LoadUser reads the user's own configuration at path, which holds [verify]
// hosts and nothing else. Without the file it is empty.
func LoadUser(path string) (*Config, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return &Config{}, nil
	}
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	c, err := decode(path, data)
	if err != nil {
		return nil, err
	}
	rest := *c
	rest.Verify.Hosts, rest.path, rest.data = nil, "", nil
	if !reflect.ValueOf(rest).IsZero() {
		return nil, fmt.Errorf("%s: your own configuration holds [verify] hosts only: the rest belongs to %s of the project", path, FileName)
	}
	return c, nil
}
