package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agcloud/keylint/scanner"
)

// dates says when a key was first and last seen, and whether it is in use for
// longer than keys should be.
func (k *htmlKey) dates(o Options) {
	if k.first.IsZero() {
		return
	}
	k.First, k.Unix = date(k.first), k.first.Unix()
	end := k.last
	if k.present || end.IsZero() {
		end = o.Now()
	} else {
		k.until = date(end)
	}
	days := int(max(0, end.Sub(k.first)) / (24 * time.Hour))
	if !k.present {
		k.age = count(days, "day") + " until it was removed"
		if k.last.IsZero() {
			k.age = "in no file any more; when it was removed is not known"
		}
		return
	}
	limit := int(o.RotateAfter / (24 * time.Hour))
	if limit == 0 {
		limit = 90
	}
	k.age = fmt.Sprintf("%s; keys are to be rotated after %s", count(days, "day"), count(limit, "day"))
	if k.Overdue = days > limit && k.Status != scanner.StatusDead; k.Overdue {
		k.age += ": overdue by " + count(days-limit, "day")
	}
}

// remark notes what a check says of the key.
func (k *htmlKey) remark(f *scanner.Finding, w *htmlWriter) {
	text := headline(f)
	if f.Path != "" {
		text = w.at(f.Repository, f.Path, f.Line, 0) + ": " + text
	}
	if f.Rule != "key-reused" {
		k.remarks = append(k.remarks, text)
		return
	}
	k.shared = append(k.shared, text)
	if list := w.also(f); list != "" {
		k.shared = append(k.shared, list)
	}
}

// facts lists what is known of the key beside its places.
func (k *htmlKey) facts() []htmlFact {
	verified := strings.Join(k.verification, "\n")
	seen := k.First
	if k.until != "" {
		seen += ", removed " + k.until
	}
	size := ""
	if k.length > 0 {
		size = count(k.length, "byte")
	}
	list := []htmlFact{
		{Name: "size", Value: size},
		{Name: "held by", Value: strings.Join(k.names, ", ")},
		{Name: "in", Value: strings.Join(k.repositories, "\n")},
		{Name: "first seen", Value: seen},
		{Name: "age", Value: k.age, Bad: k.Overdue},
		{Name: "verified", Value: cmp.Or(verified, notAsked)},
		{Name: "pushed", Value: k.Pushed},
		{Name: "shared", Value: strings.Join(k.shared, "\n")},
		{Name: "checks", Value: strings.Join(k.remarks, "\n")},
		{Name: "next", Value: k.next},
	}
	return slices.DeleteFunc(list, func(f htmlFact) bool { return f.Value == "" })
}

// directory returns the first two directories of a path, "/" of a file in none.
func directory(path string) string {
	if path == "" {
		return "(messages)"
	}
	parts := strings.Split(path, "/")
	if len(parts) == 1 {
		return "/"
	}
	return escape(strings.Join(parts[:min(2, len(parts)-1)], "/")) + "/"
}
