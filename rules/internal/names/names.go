// Package names tells what the name of a variable, field, flag or key says about
// its value: that it is a password, a secret, a token, a key, or nothing of the
// kind.
//
// A name is read as words, whatever parts them: dbPassword, DB_PASSWORD,
// db.password and db-password are the same. The words at the end say what the
// value is, but for those that only say which one it is, such as "prod" and "2";
// so token_type is no token. The words before them can take it back, as in
// max_token, hashed_password and is_secret.
package names

import "strings"

// A Class is a kind of secret.
type Class string

// The classes.
const (
	Password Class = "password"
	Secret   Class = "secret"
	Token    Class = "token"
	Key      Class = "key"
	Auth     Class = "auth"
	Salt     Class = "salt"
)

// Known reports whether c is one of the classes.
func (c Class) Known() bool { return classes()[c] != nil }

// A Strength says how surely a name means a secret.
type Strength int

// The strengths, weakest first.
const (
	None   Strength = iota // it means something else
	Faint                  // it may, among other things: GITHUB_KEY
	Weak                   // it may: a lone "token", a "test_password"
	Strong                 // it does
)

// maxWords is how many words of a name are looked at, from its end.
const maxWords = 10

// Judge returns how surely name is that of a secret of class c.
func Judge(name []byte, c Class) Strength {
	var w wordList
	w.split(name)
	n := w.n
	for n > 1 && (qualifiers.Has(w.word(n-1)) || w.word(n-1) == "url" && w.word(n-2) == "base") { // base64url
		n--
	}
	class := classes()[c]
	first, lone, ok := w.head(n, class)
	behind := false
	if !ok && class.named && n > 1 && !refuting.Has(w.word(n-1)) && !about.Has(w.word(n-1)) {
		first, lone, ok = w.head(n-1, class)
		behind = ok
	}
	if !ok {
		return w.faint(n, class)
	}
	if n-first == 1 && first > 0 && class.verb == w.word(n-1) && verbs.Has(w.word(first-1)) {
		return None
	}
	strength := Strong
	if lone && class.vague || behind {
		strength = Weak
	}
	for i := range first {
		switch word := w.word(i); {
		case i > 0 && states.Has(word): // messageReadToken
		case i > 0 && i < first-near: // LISTENER_NAME_INTERNAL_SSL_PASSWORD
		case refuting.Has(word), class.refuting.Has(word):
			return None
		case weakening.Has(word):
			strength = Weak
		}
	}
	if n < w.n && weakening.Has(w.word(w.n-1)) {
		strength = Weak
	}
	return strength
}

// near is how many words before the head of a name can take it back, beside the
// first.
const near = 2

// faint judges a name of n words without a head of the class.
func (w *wordList) faint(n int, class *class) Strength {
	if class.faint == "" || n < 2 || w.word(n-1) != class.faint {
		return None
	}
	for i := range n - 1 {
		if word := w.word(i); refuting.Has(word) || class.refuting.Has(word) || class.other.Has(word) || weakening.Has(word) {
			return None
		}
	}
	return Faint
}

// A wordList is a name in words, lower-cased; digits at the end of a word are no
// part of it.
type wordList struct {
	buf  [128]byte
	ends [maxWords]int
	n    int
}

// word returns the i-th word.
func (w *wordList) word(i int) string {
	lo := 0
	if i > 0 {
		lo = w.ends[i-1]
	}
	return string(w.buf[lo:w.ends[i]])
}

// split reads the words of name. Of a long name the first words are left out.
func (w *wordList) split(name []byte) {
	name = name[max(0, len(name)-len(w.buf)):]
	size := 0
	for i := 0; i < len(name); {
		if !isLetter(name[i]) {
			i++
			continue
		}
		j := endOfWord(name, i)
		if w.n == maxWords {
			size = w.drop()
		}
		for _, ch := range name[i:j] {
			w.buf[size] = ch | 0x20
			size++
		}
		w.ends[w.n] = size
		w.n++
		i = j
	}
}

// drop removes the first word and returns the size of the others.
func (w *wordList) drop() int {
	first := w.ends[0]
	size := copy(w.buf[:], w.buf[first:w.ends[w.n-1]])
	for i := 1; i < w.n; i++ {
		w.ends[i-1] = w.ends[i] - first
	}
	w.n--
	return size
}

// endOfWord returns where the word that begins at name[i] ends: at what is no
// letter, at a capital behind a small letter, and before the last of several
// capitals if a small letter follows.
func endOfWord(name []byte, i int) int {
	j := i + 1
	for j < len(name) && isLetter(name[j]) {
		if isUpper(name[j]) && (!isUpper(name[j-1]) || j+1 < len(name) && isLetter(name[j+1]) && !isUpper(name[j+1]) && string(name[j+1:min(len(name), j+3)]) != "s") {
			break
		}
		j++
	}
	return j
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }

// head looks for the head of the class at the end of the first n words and
// returns the number of words before it; lone says that nothing stands before it.
func (w *wordList) head(n int, class *class) (first int, lone, ok bool) {
	if n == 0 {
		return 0, false, false
	}
	all := string(w.buf[:w.ends[n-1]])
	for _, h := range class.heads {
		rest, found := strings.CutSuffix(all, h)
		if !found {
			continue
		}
		first = 0
		for first < n && w.ends[first] <= len(rest) {
			first++
		}
		whole := rest == "" || first > 0 && w.ends[first-1] == len(rest)
		if whole || len(h) >= longHead && !glued.Has(all) || prefixes.Has(rest[w.start(first):]) {
			return first, rest == "", true
		}
	}
	return 0, false, false
}

// start returns where word i begins.
func (w *wordList) start(i int) int {
	if i == 0 {
		return 0
	}
	return w.ends[i-1]
}

// longHead is the length from which on a head may be the end of a word, as in
// dbpassword.
const longHead = 5
