// Package bearerprefix defines an Analyzer that reports Authorization headers
// without the scheme that the gateway expects.
//
// # Analyzer bearerprefix
//
// bearerprefix: report Authorization headers without "Bearer "
//
// The gateway takes the key in the header "Authorization: Bearer KEY" and answers
// 401 to everything else. In packages that speak to the gateway the analyzer
// reports
//
//	req.Header.Set("Authorization", key)            // no scheme
//	req.Header.Set("Authorization", "Bearer"+key)   // no space
//	req.Header.Set("Authorization", "Basic "+key)   // another scheme
//	req.SetBasicAuth("", key)
//
// where key is followed from the environment or is in the code. Values of which
// nothing is known are not reported. The fix puts "Bearer " before the key.
package bearerprefix
