package keymarshal

import (
	"encoding/json"
	"os"
)

type client struct {
	Key  string `json:"key" yaml:"key,omitempty"` // want `Key holds a key and is written out as json` `Key holds a key and is written out as yaml`
	Host string `json:"host"`
}

type config struct {
	Token string `json:"token" env:"AGCLOUD_API_KEY,required"` // want `Token holds a key and is written out as json`
}

func load() client {
	return client{Key: os.Getenv("AGCLOUD_API_KEY"), Host: os.Getenv("HOST")}
}

func (c client) String() string { return c.Host + " " + c.Key } // want `String writes out Key, which holds a key`

func (c config) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"token": c.Token}) // want `MarshalJSON writes out Token`
}
