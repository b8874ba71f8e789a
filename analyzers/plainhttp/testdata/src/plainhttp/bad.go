package plainhttp

import "net/http"

const host = "aiandgpu.com"

const base = "http://aiandgpu.com/v1" // want `a request over http shows its key to everybody on the way: use https`

func bad() {
	http.Get("http://aiandgpu.com:80/v1/models") // want `use https`
	http.Get(base + "/messages")                 // want `use https`
	http.Get("http://" + host + "/v1/models")    // want `use https`
	http.Get("http://api.aiandgpu.com")          // want `use https`
	http.Get("HTTP://AIANDGPU.COM/v1")           // want `use https`
}
