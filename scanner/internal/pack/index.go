package pack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// An index finds the objects of a pack by their IDs. It points into the file.
type index struct {
	format  Format
	fanout  []byte // 256 counts of 4 bytes
	names   []byte // count IDs, sorted; for version 1 with the offset before each
	stride  int    // bytes from one name to the next
	first   int    // offset of the first name in names
	offsets []byte // version 2: count offsets of 4 bytes
	large   []byte // version 2: offsets of 8 bytes
	count   int
}

var errIndex = errors.New("the pack index is damaged: run git index-pack on the pack")

// parseIndex reads an index of version 1 or 2.
func parseIndex(data []byte, f Format) (*index, error) {
	x := &index{format: f}
	version2 := bytes.HasPrefix(data, []byte("\xfftOc"))
	if version2 {
		if len(data) < 8 || binary.BigEndian.Uint32(data[4:]) != 2 {
			return nil, errors.New("the pack index has a version that is not known")
		}
		data = data[8:]
	}
	const fanoutSize = 256 * 4
	if len(data) < fanoutSize+2*f.Size() {
		return nil, errIndex
	}
	x.fanout, data = data[:fanoutSize], data[fanoutSize:len(data)-2*f.Size()]
	x.count = int(x.upTo(255))
	for b := range 255 {
		if x.upTo(b) > x.upTo(b+1) {
			return nil, errIndex
		}
	}
	if version2 {
		return x, x.version2(data)
	}
	x.stride, x.first, x.names = f.Size()+4, 4, data
	if len(data) < x.count*x.stride {
		return nil, errIndex
	}
	return x, nil
}

// version2 slices the tables behind the fan-out: names, checksums, offsets.
func (x *index) version2(data []byte) error {
	n, size := x.count, x.format.Size()
	if len(data)/(size+8) < n {
		return errIndex
	}
	x.stride, x.names = size, data[:n*size]
	data = data[n*(size+4):]
	x.offsets, x.large = data[:4*n], data[4*n:]
	return nil
}

// upTo returns the number of objects whose ID begins with b or less.
func (x *index) upTo(b int) uint32 { return binary.BigEndian.Uint32(x.fanout[4*b:]) }

// name returns the i-th ID as bytes of the file.
func (x *index) name(i int) []byte {
	at := i*x.stride + x.first
	return x.names[at : at+x.format.Size()]
}

// offset returns where in the pack the i-th object begins.
func (x *index) offset(i int) (int64, error) {
	if x.offsets == nil {
		return int64(binary.BigEndian.Uint32(x.names[i*x.stride:])), nil
	}
	o := binary.BigEndian.Uint32(x.offsets[4*i:])
	if o&(1<<31) == 0 {
		return int64(o), nil
	}
	at := 8 * int64(o&^(1<<31))
	if at+8 > int64(len(x.large)) {
		return 0, fmt.Errorf("object %d: %w", i, errIndex)
	}
	large := binary.BigEndian.Uint64(x.large[at:])
	if large>>63 != 0 {
		return 0, fmt.Errorf("object %d: %w", i, errIndex)
	}
	return int64(large), nil
}

// from returns the position of the first ID that is not less than id.
func (x *index) from(id ID) int {
	lo := 0
	if id[0] > 0 {
		lo = int(x.upTo(int(id[0]) - 1))
	}
	hi := int(x.upTo(int(id[0])))
	want := id[:x.format.Size()]
	return lo + sort.Search(hi-lo, func(i int) bool { return bytes.Compare(x.name(lo+i), want) >= 0 })
}

// find returns the position of id in the index.
func (x *index) find(id ID) (int, bool) {
	i := x.from(id)
	return i, i < x.count && bytes.Equal(x.name(i), id[:x.format.Size()])
}

// abbreviated appends the IDs that begin with some hexadecimal digits, of which
// low is the least, to list.
func (x *index) abbreviated(list []ID, low ID, digits string) []ID {
	for i := x.from(low); i < x.count; i++ {
		id := x.format.id(x.name(i))
		if bytes.Compare(id[:len(digits)/2], low[:len(digits)/2]) > 0 {
			break
		}
		if strings.HasPrefix(x.format.String(id), digits) {
			list = append(list, id)
		}
	}
	return list
}
