// Package keyurl defines an Analyzer that reports keys in URLs.
//
// # Analyzer keyurl
//
// keyurl: report keys in URLs
//
// URLs end up in the logs of servers and proxies, in histories and in Referer
// headers. The analyzer reports keys in the query or the user information of a
// URL, and in values for a query:
//
//	http.Get("https://aiandgpu.com/v1/models?key=sk-…")
//	query.Set("api_key", "sk-…")
//	http.Get("https://aiandgpu.com/v1/models?key=" + os.Getenv("AGCLOUD_API_KEY"))
//
// The gateway takes the key in the Authorization header. There is no fix, as the
// request is made elsewhere.
package keyurl
