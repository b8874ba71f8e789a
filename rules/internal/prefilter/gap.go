package prefilter

// maxGap is the most bytes that a line break with its surroundings may span,
// and maxBreaks the most line breaks inside one occurrence.
const (
	maxGap    = 64
	maxBreaks = 3
)

// GapEnd returns the offset after the line break, real or written \n, that
// begins at text[i] with the white space, quotes and joining signs around it,
// or i when there is none. At most 64 bytes are looked at. It is what may
// stand between two characters of wrapped base64: in PEM-like blocks, YAML
// block scalars, JSON strings with \n, and string pieces on several lines.
func GapEnd(text []byte, i int) int {
	broken, quoted := false, false
	j := i
	for j < len(text) && j-i < maxGap {
		switch c := text[j]; {
		case c == '\n':
			broken = true
		case c == ' ' || c == '\t' || c == '\r':
		case c == '"' || c == '\'' || c == '`':
			quoted = true
		case c == '+' && quoted:
		case c == '\\' && j+1 < len(text) && (text[j+1] == 'n' || text[j+1] == 'r'):
			broken = broken || text[j+1] == 'n'
			j++
		case c == '\\' && j+1 < len(text) && (text[j+1] == '\n' || text[j+1] == '\r'):
		default:
			if broken {
				return j
			}
			return i
		}
		j++
	}
	return i // the end of the text, or too wide
}

// GapStart returns the offset at which the widest gap that ends before text[j]
// begins, or j when there is none.
func GapStart(text []byte, j int) int {
	start := j
	for i := j - 1; i >= 0 && j-i <= maxGap; i-- {
		if GapEnd(text, i) == j {
			start = i
		}
	}
	return start
}

// matchGap matches lit around its byte off, which stands at text[i], allowing
// gaps. It returns where the occurrence starts and ends, or an end of 0.
func matchGap(text []byte, i, off int, lit string) (start, end int) {
	breaks := 0
	j := i
	for k := off; k < len(lit); k++ {
		if j < len(text) && text[j] != lit[k] && breaks < maxBreaks {
			next := GapEnd(text, j)
			if next > j {
				breaks++
			}
			j = next
		}
		if j >= len(text) || text[j] != lit[k] {
			return 0, 0
		}
		j++
	}
	end = j
	j = i
	for k := off - 1; k >= 0; k-- {
		if j > 0 && text[j-1] != lit[k] && breaks < maxBreaks {
			prev := GapStart(text, j)
			if prev < j {
				breaks++
			}
			j = prev
		}
		if j == 0 || text[j-1] != lit[k] {
			return 0, 0
		}
		j--
	}
	return j, end
}
