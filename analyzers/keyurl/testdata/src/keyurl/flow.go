package keyurl

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
)

const models = "https://aiandgpu.com/v1/models"

func flows(q url.Values) {
	key := os.Getenv("AGCLOUD_API_KEY")
	http.Get("https://aiandgpu.com/v1/models?key=" + key)      // want `a key is in a URL`
	http.Get(models + "?page=1&token=" + key)                  // want `a key is in a URL`
	http.Get(fmt.Sprintf("%s?page=%d&key=%s", models, 1, key)) // want `a key is in a URL`
	q.Set("key", key)                                          // want `a key is in a URL`
	q.Set("page", "1")
	http.Get(fmt.Sprintf("%s?page=%s", models, "1") + fmt.Sprint(len(key)))
	http.Get(models + "?page=" + os.Getenv("PAGE"))
	fmt.Fprintln(os.Stderr, "usage: key="+mask(key))
}

func mask(key string) string { return key[:4] }
