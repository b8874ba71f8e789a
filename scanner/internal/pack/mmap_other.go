//go:build !unix

package pack

import "os"

// readFile reads the file at path. release does nothing.
func readFile(path string) (data []byte, release func(), err error) {
	data, err = os.ReadFile(path)
	return data, func() {}, err
}
