package keyurl

import "net/http"

func good(req *http.Request) {
	req.Header.Set("Authorization", "Bearer @{key 20}@") // hardcoded, and in no URL
	http.Get("https://aiandgpu.com/v1/models?page=1")
	http.Get("https://aiandgpu.com/v1/models?key=YOUR_API_KEY")
}
