package verify

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A Cache remembers what services answered, in a directory of the user: a file
// for each key and question. The names of the files are HMACs under a random
// salt that never leaves the directory, so that they tell nothing of the keys.
//
// A file appears whole, by renaming, so that runs at the same time do not
// disturb each other. What cannot be read or makes no sense is as if it were
// not there, and what cannot be written is not remembered: a cache is never a
// reason to fail.
//
// A nil Cache remembers nothing.
type Cache struct {
	dir  string
	salt string
}

// saltSize is the size of the salt, in bytes.
const saltSize = 32

// maxEntry is the greatest size of a file of the cache, in bytes.
const maxEntry = 64 << 10

// lifetime says how long an answer counts: a refused key stays refused, a live
// one may be revoked any moment, and of what is unknown nothing is kept.
func lifetime(status string) time.Duration {
	switch status {
	case scanner.StatusDead:
		return 7 * 24 * time.Hour
	case scanner.StatusLive, scanner.StatusRestricted:
		return time.Hour
	}
	return 0
}

// OpenCache opens the cache in a directory, which it makes if need be.
func OpenCache(dir string) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the cache: %w", err)
	}
	c := &Cache{dir: dir}
	salt, err := c.loadSalt()
	if err != nil {
		return nil, fmt.Errorf("the cache: %w", err)
	}
	c.salt = string(salt)
	return c, nil
}

// loadSalt reads the salt, or makes one. Of several runs that make one at the
// same time the first wins.
func (c *Cache) loadSalt() ([]byte, error) {
	path := filepath.Join(c.dir, "salt")
	if salt, err := os.ReadFile(path); err == nil && len(salt) == saltSize {
		return salt, nil
	} else if err == nil {
		os.Remove(path) // cut off; what it protected is lost with it
	}
	fresh := make([]byte, saltSize)
	rand.Read(fresh) // never fails: see crypto/rand
	tmp, err := c.write(fresh)
	if err != nil {
		return nil, err
	}
	defer os.Remove(tmp)
	err = os.Link(tmp, path)
	switch {
	case err == nil:
		return fresh, nil
	case errors.Is(err, fs.ErrExist):
		return os.ReadFile(path)
	}
	return fresh, os.Rename(tmp, path) // a file system without links
}

// write puts data into a new file for its owner only and returns its path.
func (c *Cache) write(data []byte) (string, error) {
	f, err := os.CreateTemp(c.dir, "tmp-*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// path returns the file for a key and a question.
func (c *Cache) path(question string, key rules.Secret) string {
	return filepath.Join(c.dir, rules.Digest(c.salt, key, "keylint/verify/v1", question)+".json")
}

// get returns what was answered, if that still counts at now.
func (c *Cache) get(question string, key rules.Secret, now time.Time) (scanner.Verification, bool) {
	var got scanner.Verification
	if c == nil {
		return got, false
	}
	path := c.path(question, key)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxEntry {
		return got, false
	}
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &got) != nil {
		return scanner.Verification{}, false
	}
	age := now.Sub(got.Checked)
	if age < 0 || age >= lifetime(got.Status) {
		return scanner.Verification{}, false
	}
	return got, true
}

// put remembers an answer.
func (c *Cache) put(question string, key rules.Secret, got scanner.Verification) {
	if c == nil || lifetime(got.Status) == 0 {
		return
	}
	got.Next = "" // it is made anew for each finding
	data, err := json.Marshal(got)
	if err != nil {
		return
	}
	tmp, err := c.write(data)
	if err != nil {
		return
	}
	if os.Rename(tmp, c.path(question, key)) != nil {
		os.Remove(tmp)
	}
}

// Prune removes what no longer counts, and what a run left behind that was cut
// off.
func (c *Cache) Prune(now time.Time) {
	if c == nil {
		return
	}
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && e.Name() != "salt" && info.Mode().IsRegular() && now.Sub(info.ModTime()) > lifetime(scanner.StatusDead) {
			os.Remove(filepath.Join(c.dir, e.Name()))
		}
	}
}
