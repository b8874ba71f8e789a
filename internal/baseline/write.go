package baseline

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"github.com/agcloud/keylint/internal/atomicfile"
)

// Write writes the baseline to path: the headers, the comments that were there
// and the entries, sorted. Writing the same entries gives the same bytes.
//
// The file is replaced at once, through a temporary file in its directory, and
// keeps its permissions; a symbolic link stays one. It is left alone when it
// would not change.
func (b *Baseline) Write(path string) error {
	data := b.bytes()
	switch old, err := read(path); {
	case err == nil && bytes.Equal(old, data):
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("baseline: %w", err)
	}
	if err := atomicfile.Write(path, data); err != nil {
		return fmt.Errorf("baseline: %w", err)
	}
	return nil
}

func (b *Baseline) bytes() []byte {
	var buf bytes.Buffer
	for _, s := range b.salts {
		buf.WriteString(header + s + "\n")
	}
	for _, c := range b.comments {
		buf.WriteString(c + "\n")
	}
	for _, e := range b.sorted() {
		buf.WriteString(e.Digest + " " + e.Rule)
		if e.Reason != "" {
			buf.WriteString(" " + e.Reason)
		}
		buf.WriteByte('\n')
	}
	return buf.Bytes()
}
