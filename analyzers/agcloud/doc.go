// Package agcloud defines an Analyzer that tells other analyzers whether a
// package speaks to the AGCloud gateway. It reports nothing itself.
//
// # Analyzer agcloud
//
// agcloud: tell which packages speak to the AGCloud gateway
//
// A package speaks to the gateway if a string in it names the gateway's host or
// a variable such as AGCLOUD_API_KEY. The flag -agcloud.host adds hosts, such as
// that of a proxy in front of the gateway:
//
//	keylint-vet -agcloud.host=llm.corp.example,llm2.corp.example ./...
package agcloud
