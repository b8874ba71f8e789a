package githistory

// dense holds a value for each handle, the zero value where none was set. For
// most of the objects of a history it is faster and smaller than a map.
type dense[T any] []T

// set sets the value of h.
func (d *dense[T]) set(h handle, v T) {
	if int(h) >= len(*d) {
		grown := make([]T, max(int(h)+1, 2*len(*d)))
		copy(grown, *d)
		*d = grown
	}
	(*d)[h] = v
}

// get returns the value of h, which may be none.
func (d dense[T]) get(h handle) T {
	if h == none || int(h) >= len(d) {
		var zero T
		return zero
	}
	return d[h]
}
