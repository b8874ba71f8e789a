package reftable

import (
	"encoding/binary"
	"strings"
)

// A Log is an entry of a reflog.
type Log struct {
	Name  string
	Index uint64 // of the update, higher ones are newer
	Old   string // id in hexadecimal digits, zeros when there was none
	New   string // likewise, zeros when the reference was deleted
	Time  int64  // in seconds since 1970
	// Deleted says that older tables of a stack may hold the entry, and that it
	// is gone.
	Deleted bool
}

// Logs calls yield for every entry, in order of names and the newest of a name
// first, until that returns false.
func (t *Table) Logs(yield func(Log) bool) error {
	if t.logs < 0 {
		return nil
	}
	budget, name := t.namesBudget(), ""
	err := t.eachBlock(t.logs, logBlock, func(b block) error {
		c := cursor{rest: b.records}
		for c.rest != "" {
			entry, key, err := t.log(&c)
			if err != nil {
				return err
			}
			if c.shared <= len(name) || len(key) != len(name) { // else it is the name before
				name = string(key)
				budget -= len(name)
			}
			if budget < 0 {
				return corruptf("the names are too long")
			}
			if entry.Name = name; !yield(entry) {
				return errStop
			}
		}
		return nil
	})
	if err == errStop {
		return nil
	}
	return err
}

// log reads a record, and returns its name apart: the name, too, is part of the
// key.
func (t *Table) log(c *cursor) (entry Log, name []byte, err error) {
	kind, err := c.begin()
	if err != nil {
		return Log{}, nil, err
	}
	end := len(c.key) - 9
	if end < 1 || c.key[end] != 0 {
		return Log{}, nil, corruptf("an entry of a reflog has no name")
	}
	entry.Index = ^binary.BigEndian.Uint64(c.key[end+1:])
	switch kind {
	case 0:
		entry.Deleted = true
	case 1:
		if !t.update(c, &entry) {
			return Log{}, nil, corruptf("an entry of a reflog is cut off")
		}
	default:
		return Log{}, nil, corruptf("an entry of a reflog is of type %d", kind)
	}
	return entry, c.key[:end], nil
}

// update reads what was changed and when. Name, address and message are passed
// over.
func (t *Table) update(c *cursor, entry *Log) (ok bool) {
	if entry.Old, ok = t.id(c); !ok {
		return false
	}
	if entry.New, ok = t.id(c); !ok {
		return false
	}
	for range 2 {
		if _, ok = c.text(); !ok {
			return false
		}
	}
	seconds, ok := c.varint()
	if _, zone := c.cut(2); !ok || !zone {
		return false
	}
	entry.Time = int64(seconds)
	_, ok = c.text()
	return ok
}

// empty reports whether an entry is from nothing to nothing, by which git keeps
// a reflog that has no entries.
func (l *Log) empty() bool {
	return strings.Trim(l.Old, "0") == "" && strings.Trim(l.New, "0") == ""
}
