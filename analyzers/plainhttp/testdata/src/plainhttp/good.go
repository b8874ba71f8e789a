package plainhttp

import "net/http"

func good() {
	http.Get("https://aiandgpu.com/v1/models")
	http.Get("http://localhost:8080/v1/models")
	http.Get("http://aiandgpu.com.test/v1/models")
	http.Get("http://notaiandgpu.com/v1/models")
	http.Get("http://api.test/?next=aiandgpu.com")
}
