package reftable

import "encoding/hex"

// A Ref is a reference. Name and Target are bytes as git was given them.
type Ref struct {
	Name   string
	ID     string // in hexadecimal digits; "" when it is symbolic or deleted
	Peeled string // what a tag object leads to, in hexadecimal digits, if ID is that of one
	Target string // of a symbolic reference
	// Deleted says that older tables of a stack may hold the reference, and
	// that it is gone.
	Deleted bool
}

// Refs returns the references of the table in order of their names. With an
// error, those before it are returned all the same.
func (t *Table) Refs() ([]Ref, error) {
	var refs []Ref
	budget := t.namesBudget()
	err := t.eachBlock(0, refBlock, func(b block) error {
		c := cursor{rest: b.records}
		for c.rest != "" {
			kind, err := c.begin()
			if err != nil {
				return err
			}
			if budget -= len(c.key); budget < 0 {
				return corruptf("the names are too long")
			}
			ref, err := t.ref(&c, kind)
			if err != nil {
				return err
			}
			refs = append(refs, ref)
		}
		return nil
	})
	return refs, err
}

// find looks a reference up. It reads the first name of every block and then
// the one block that can hold it.
func (t *Table) find(name string) (ref Ref, ok bool, err error) {
	var in block
	err = t.eachBlock(0, refBlock, func(b block) error {
		c := cursor{rest: b.records}
		if _, err := c.begin(); err != nil && b.records != "" {
			return err
		}
		if string(c.key) > name {
			return errStop
		}
		in = b
		return nil
	})
	if err != nil && err != errStop {
		return Ref{}, false, err
	}
	for c := (cursor{rest: in.records}); c.rest != ""; {
		kind, err := c.begin()
		if err != nil || string(c.key) > name {
			return Ref{}, false, err
		}
		found := string(c.key) == name
		ref, err := t.value(&c, kind)
		if err != nil || found {
			ref.Name = name
			return ref, err == nil, err
		}
	}
	return Ref{}, false, nil
}

// ref reads the rest of a record.
func (t *Table) ref(c *cursor, kind byte) (Ref, error) {
	ref, err := t.value(c, kind)
	ref.Name = string(c.key)
	return ref, err
}

// value reads the rest of a record without its name.
func (t *Table) value(c *cursor, kind byte) (ref Ref, err error) {
	_, ok := c.varint() // the update index
	switch {
	case !ok:
	case kind == 0:
		ref.Deleted = true
	case kind == 1:
		ref.ID, ok = t.id(c)
	case kind == 2:
		var peeled bool
		ref.ID, ok = t.id(c)
		ref.Peeled, peeled = t.id(c)
		ok = ok && peeled
	case kind == 3:
		ref.Target, ok = c.text()
	default:
		return ref, corruptf("a reference is of type %d", kind)
	}
	if !ok {
		return ref, corruptf("a reference is cut off")
	}
	return ref, nil
}

// id reads an object id.
func (t *Table) id(c *cursor) (string, bool) {
	raw, ok := c.cut(t.idSize)
	if !ok {
		return "", false
	}
	var digits [64]byte
	return string(digits[:hex.Encode(digits[:], []byte(raw))]), true
}
