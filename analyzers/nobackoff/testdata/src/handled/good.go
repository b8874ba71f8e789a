package handled

import (
	"errors"
	"net/http"
)

var errBusy = errors.New("busy")

func good() (*http.Response, error) {
	res, err := http.Get("https://aiandgpu.com/v1/models")
	if err == nil && res.StatusCode == http.StatusTooManyRequests {
		return nil, errBusy
	}
	return res, err
}
