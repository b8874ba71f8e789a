package archive

import (
	"bufio"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/mikelolasagasti/xz"
)

// The most memory for the history of a decoder, in bytes.
const (
	maxXzWindow   = 64 * mib  // what xz -9 makes
	maxZstdWindow = 128 * mib // what zstd --long makes
)

// decompressor returns a reader of what in unpacks to, and what ends it.
func decompressor(k kind, in io.Reader) (io.Reader, func(), error) {
	in = bufio.NewReaderSize(in, 32<<10)
	switch k {
	case gzipped:
		r, err := gzip.NewReader(in)
		return r, func() {}, err
	case bzipped:
		return bzip2.NewReader(in), func() {}, nil
	case xzipped:
		r, err := xz.NewReader(in, maxXzWindow)
		return r, func() {}, err
	case zstandard:
		r, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return nil, func() {}, err
		}
		return r, r.Close, nil
	}
	return nil, func() {}, fmt.Errorf("%s is no compression", k)
}
