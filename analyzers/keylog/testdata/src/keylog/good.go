package keylog

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"os"

	"keylog/config"
)

func good(w io.Writer, req *http.Request) error {
	key := os.Getenv("AGCLOUD_API_KEY")
	log.Print(len(key), key == "", key != "")
	log.Print(key[:4], key[len(key)-4:], mask(key))
	log.Print(os.Getenv("HOST"), config.Host(), config.Load().Host, config.Getenv("HOST"))
	log.Print(os.Getenv("AGCLOUD_API_KEY_FILE"))
	log.Print(printer{key})
	log.Print(same("text"))
	log.Print(client{}.host)
	show("text")
	fmt.Fprintf(w, "key = %s", key) // a file, say
	httputil.DumpRequestOut(req, true)
	other := req.Clone(req.Context())
	other.Header.Set("Authorization", "Bearer "+key)
	_, err := config.Lookup()
	if err != nil {
		log.Print(err)
		return fmt.Errorf("looking up the key: %w", err)
	}
	res, err := http.DefaultClient.Do(other)
	log.Print(res.Status, err)
	return nil
}

func mask(key string) string { return key[:4] + "…" }
