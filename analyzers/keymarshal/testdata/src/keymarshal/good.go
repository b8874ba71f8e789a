package keymarshal

import "os"

type good struct {
	Key    string `json:"-"`
	hidden string
	Name   string `json:"name" env:"AGCLOUD_API_KEY_FILE"`
}

func (g good) String() string {
	if g.Key == "" || len(g.hidden) == 0 {
		return g.Name
	}
	return g.Key[:4] + "…"
}

func (g good) header() string { return "Bearer " + g.Key }

func loadGood() good {
	key := os.Getenv("AGCLOUD_API_KEY")
	return good{Key: key, hidden: key, Name: "n"}
}
