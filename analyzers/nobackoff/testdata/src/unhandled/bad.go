package unhandled

import "net/http"

func bad() (*http.Response, error) {
	return http.Get("https://aiandgpu.com/v1/models") // want `the package calls the gateway and never looks at status 429 or Retry-After`
}
