package bearerprefix

import (
	"fmt"
	"net/http"
	"os"
)

const endpoint = "https://aiandgpu.com/v1/messages"

type client struct{ key string }

func newClient() *client { return &client{key: os.Getenv("AGCLOUD_API_KEY")} }

func (c *client) bad(req *http.Request) {
	key := os.Getenv("AGCLOUD_API_KEY")
	req.Header.Set("Authorization", key)                          // want `the Authorization header needs "Bearer " before the key, or the gateway answers 401`
	req.Header.Set("authorization", c.key)                        // want `needs "Bearer " before the key`
	req.Header.Add("Authorization", os.Getenv("AGCLOUD_API_KEY")) // want `needs "Bearer " before the key`
	req.Header.Set("Authorization", "@{key 1}@")                  // want `needs "Bearer " before the key`
	req.Header.Set("Authorization", "Bearer"+key)                 // want `begins with "Bearer" and not with "Bearer " before the key: the gateway answers 401`
	req.Header.Set("Authorization", "Basic "+key)                 // want `begins with "Basic"`
	req.Header.Set("Authorization", fmt.Sprintf("Bearer%s", key)) // want `begins with "Bearer"`
	req.Header.Set("Authorization", "Token token="+key)           // want `begins with "Token"`
	req.Header.Set("Authorization", "Key: "+key)                  // want `begins with other text`
	req.SetBasicAuth("user", key)                                 // want `the gateway takes no basic authentication`
}
