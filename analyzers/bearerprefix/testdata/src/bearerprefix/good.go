package bearerprefix

import (
	"fmt"
	"net/http"
	"os"
)

type session struct{ header string }

func open() session { return session{"Bearer " + os.Getenv("AGCLOUD_API_KEY")} }

func bearer(key string) string { return "Bearer " + key }

func good(req *http.Request, unknown string) {
	key := os.Getenv("AGCLOUD_API_KEY")
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Authorization", fmt.Sprintf("Bearer %s", key))
	req.Header.Set("Authorization", bearer(key))
	req.Header.Set("Authorization", open().header)
	req.Header.Set("Authorization", unknown)
	req.Header.Set("Authorization", os.Getenv("OTHER"))
	req.Header.Set("x-api-key", key)
	req.Header.Set("Authorization", "Bearer @{key 2}@")
	header := "Bearer " + key
	req.Header.Set("Authorization", header)
}
