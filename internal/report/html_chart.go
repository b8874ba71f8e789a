package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// An htmlChart is a list of bars.
type htmlChart struct {
	Title string
	Bars  []htmlBar
	More  string
}

// An htmlBar is a number as a bar. Width is in percent of the longest one.
type htmlBar struct {
	Label string
	Count int
	Width string
}

// maxBars is the greatest number of bars in a chart.
const maxBars = 12

// charts counts keys by repository, directory, rule and author. A key in two of
// them counts in both.
func charts(keys []*htmlKey) []htmlChart {
	repositories, dirs, rules, authors := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for _, k := range keys {
		slices.Sort(k.dirs)
		for _, d := range slices.Compact(k.dirs) {
			dirs[d]++
		}
		for _, name := range k.repositories {
			repositories[name]++
		}
		rules[k.Rule]++
		if k.author != "" {
			authors[k.author]++
		}
	}
	list := []htmlChart{chart("by repository", repositories), chart("by directory", dirs), chart("by rule", rules), chart("by author of the first commit", authors)}
	return slices.DeleteFunc(list, func(c htmlChart) bool { return len(c.Bars) == 0 })
}

// chart returns the greatest numbers as bars.
func chart(title string, counts map[string]int) htmlChart {
	c := htmlChart{Title: title}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for i, name := range names {
		if i == maxBars {
			c.More = fmt.Sprintf("and %d more", len(names)-i)
			break
		}
		c.Bars = append(c.Bars, htmlBar{name, counts[name], percent(float64(counts[name]) / float64(counts[names[0]]))})
	}
	return c
}

// percent returns a share as SVG takes it.
func percent(share float64) string {
	return strconv.FormatFloat(100*min(1, max(0, share)), 'f', 2, 64) + "%"
}

// htmlMonths are columns, one for each month from the first key to the last, or
// for each year when the months are too many. Lengths are in pixels.
type htmlMonths struct {
	Unit    string
	Width   int
	Height  int
	Columns []htmlColumn
}

// An htmlColumn is a month, or a year.
type htmlColumn struct {
	Label               string
	Count               int
	X, Y, Width, Height int
	Tick                string // written below; "" for most
}

// The measures of columns, in pixels.
const (
	monthsHeight = 96
	monthsWidth  = 640
	maxMonths    = 120
)

// months counts keys by the month in which they were first committed.
func months(keys []*htmlKey) *htmlMonths {
	counts := map[string]int{}
	var first, last time.Time
	for _, k := range keys {
		if k.first.IsZero() {
			continue
		}
		at := clamp(k.first.UTC())
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
		counts[at.Format("2006-01")]++
		counts[at.Format("2006")]++
	}
	if first.IsZero() {
		return nil
	}
	m := &htmlMonths{Unit: "month", Height: monthsHeight, Width: monthsWidth}
	layout, years, step := "2006-01", 0, 1
	if 12*(last.Year()-first.Year()) > maxMonths {
		layout, years, step, m.Unit = "2006", 1, 0, "year"
	}
	at := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC)
	if years > 0 {
		at = time.Date(first.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	for ; !at.After(last); at = at.AddDate(years, step, 0) {
		label := at.Format(layout)
		m.Columns = append(m.Columns, htmlColumn{Label: label, Count: counts[label]})
	}
	m.place()
	return m
}

// place computes where the columns stand. Every so many of them have a label.
func (m *htmlMonths) place() {
	most := 0
	for _, c := range m.Columns {
		most = max(most, c.Count)
	}
	step := max(4, min(28, m.Width/len(m.Columns)))
	every := (56 + step - 1) / step
	m.Width = max(m.Width, step*len(m.Columns)+40)
	for i := range m.Columns {
		c := &m.Columns[i]
		c.X, c.Width = i*step, max(2, step-2)
		if c.Count > 0 {
			c.Height = max(2, c.Count*m.Height/most)
		}
		c.Y = m.Height - c.Height
		if i%every == 0 {
			c.Tick = c.Label
		}
	}
}

// clamp returns a time that commits can have: those before 1970 and after the
// year 2200 are made up.
func clamp(t time.Time) time.Time {
	low, high := time.Unix(0, 0).UTC(), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	switch {
	case t.Before(low):
		return low
	case t.After(high):
		return high
	}
	return t
}
