package keyurl

import (
	"fmt"
	"net/http"
	"net/url"
)

func bad(q url.Values) {
	http.Get("https://aiandgpu.com/v1/models?key=@{key 1}@")             // want `sk-\S+ is in a URL, which ends up in logs and histories: send it in the Authorization header \[agcloud-key-in-url [0-9a-f]{32}\]`
	http.Get("https://api.test/v1/models?page=2&api_key=" + "@{key 2}@") // want `is in a URL`
	http.Get("https://user:@{key 3}@@aiandgpu.com/v1")                   // want `is in a URL`
	http.Get(fmt.Sprintf("https://api.test/?token=%s", "@{key 4}@"))     // want `is in a URL`
	q.Set("key", "@{key 5}@")                                            // want `is in a URL`
	http.Get("https://api.test/" + q.Encode() + "?key=@{key 6}@")        // want `is in a URL`
}
