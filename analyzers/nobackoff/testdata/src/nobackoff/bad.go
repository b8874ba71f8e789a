package nobackoff

import (
	"net/http"
	"time"
)

const endpoint = "https://aiandgpu.com/v1/messages"

func atOnce() *http.Response {
	for range 5 { // want `the request is repeated without a delay: wait longer each time, or the gateway keeps answering 429`
		res, err := http.Get(endpoint)
		if err != nil {
			continue
		}
		return res
	}
	return nil
}

func sameDelay(c *http.Client, req *http.Request) (*http.Response, error) {
	for i := 0; i < 5; i++ { // want `the request is repeated with the same delay each time: let it grow`
		res, err := c.Do(req)
		if err == nil && res.StatusCode == http.StatusOK {
			return res, nil
		}
		time.Sleep(2 * time.Second)
	}
	return nil, nil
}

func on429(c *http.Client, req *http.Request) (*http.Response, error) {
	for { // want `the request is repeated with the same delay each time`
		res, err := c.Do(req)
		if err != nil {
			return nil, err
		}
		if res.StatusCode == http.StatusTooManyRequests {
			<-time.After(time.Second)
			continue
		}
		return res, nil
	}
}

func forEver(c *http.Client, req *http.Request) *http.Response {
	delay := time.Second
	for { // want `the request is repeated without end: give up after some attempts`
		res, err := c.Do(req)
		if err == nil {
			return res
		}
		time.Sleep(delay)
		delay *= 2
	}
}
