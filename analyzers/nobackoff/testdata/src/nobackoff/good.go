package nobackoff

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

func growing(c *http.Client, req *http.Request) (*http.Response, error) {
	for i := range 5 {
		res, err := c.Do(req)
		if err == nil && res.StatusCode < 429 {
			return res, nil
		}
		time.Sleep(time.Second << i)
	}
	return nil, nil
}

func untilDone(ctx context.Context, c *http.Client, req *http.Request) (*http.Response, error) {
	delay := time.Second
	for {
		res, err := c.Do(req)
		if err == nil {
			return res, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(delay):
			delay *= 2
		}
	}
}

func asTold(c *http.Client, req *http.Request) (*http.Response, error) {
	for range 5 {
		res, err := c.Do(req)
		if err != nil {
			return nil, err
		}
		if res.StatusCode != http.StatusTooManyRequests {
			return res, nil
		}
		seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
		if err != nil {
			return nil, err
		}
		time.Sleep(time.Duration(seconds) * time.Second)
	}
	return nil, nil
}

func pages(urls []string) error {
	for _, u := range urls {
		res, err := http.Get(u)
		if err != nil {
			continue
		}
		res.Body.Close()
	}
	return nil
}

func poll() error {
	for {
		res, err := http.Get(endpoint)
		if err != nil {
			return err
		}
		res.Body.Close()
		time.Sleep(time.Minute)
	}
}
