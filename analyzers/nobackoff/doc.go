// Package nobackoff defines an Analyzer that reports loops which repeat requests
// to the gateway without backing off.
//
// # Analyzer nobackoff
//
// nobackoff: report requests that are repeated without growing delay or without end
//
// The gateway answers 429 to too many requests and recommends exponential
// backoff; a client that repeats at once, or for ever, keeps itself locked out and
// can use up the allowance of its key. In packages that speak to the gateway the
// analyzer reports loops that send a request, and send it again after an error or
// a status such as 429,
//
//   - without a delay,
//   - with a delay that is the same each time,
//   - without end: with no condition, counter or context.
//
// A delay counts as growing if it depends on a variable that the loop changes, or
// on a header such as Retry-After.
//
// -nobackoff.unhandled also reports packages that call the gateway and never look
// at status 429 or Retry-After; it is off by default, since the client that they
// use may do so.
package nobackoff
