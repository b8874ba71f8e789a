package report

import (
	"cmp"
	"slices"
	"time"
)

// An htmlTimeline has a bar for each key, from the commit that brought it in to
// the one that took it away, or to now.
type htmlTimeline struct {
	Ticks   []htmlTick
	Chunks  [][]htmlSpan // of bars; what is out of sight is not laid out
	Undated int          // keys that no commit tells of
}

// An htmlTick is a date on the axis.
type htmlTick struct{ At, Label string }

// An htmlSpan is the bar of a key.
type htmlSpan struct {
	Key      *htmlKey
	X, Width string // in percent
	Text     string
}

// chunkSize is the number of bars, and of keys, in a chunk.
const chunkSize = 100

// timeline returns the bars of keys, the earliest first; nil if no key has a date.
func timeline(keys []*htmlKey, now time.Time) *htmlTimeline {
	t := &htmlTimeline{}
	var dated []*htmlKey
	for _, k := range keys {
		if k.first.IsZero() {
			t.Undated++
			continue
		}
		dated = append(dated, k)
	}
	if len(dated) == 0 {
		return nil
	}
	slices.SortStableFunc(dated, func(a, b *htmlKey) int { return cmp.Compare(a.Unix, b.Unix) })
	from, to := clamp(dated[0].first), clamp(now)
	if to.Sub(from) < 24*time.Hour {
		from = to.Add(-24 * time.Hour)
	}
	share := func(at time.Time) float64 {
		return min(1, max(0, float64(at.Unix()-from.Unix())/float64(to.Unix()-from.Unix())))
	}
	t.Ticks = ticks(from, to, share)
	for chunk := range slices.Chunk(dated, chunkSize) {
		var list []htmlSpan
		for _, k := range chunk {
			list = append(list, span(k, share))
		}
		t.Chunks = append(t.Chunks, list)
	}
	return t
}

// minSpan is the least share of the axis that a bar takes, so that it is seen.
const minSpan = 0.006

// span returns the bar of a key.
func span(k *htmlKey, share func(time.Time) float64) htmlSpan {
	start, end, until := share(k.first), 1.0, "now"
	switch {
	case k.present:
	case k.last.IsZero():
		end, until = start, "a time that is not known"
	default:
		end, until = share(k.last), k.until
	}
	start = min(start, 1-minSpan)
	return htmlSpan{
		Key: k, X: percent(start), Width: percent(max(end-start, minSpan)),
		Text: k.Masked + ": " + k.First + " to " + until,
	}
}

// maxTicks is the greatest number of dates on the axis.
const maxTicks = 9

// ticks returns the dates of the axis: the first days of years, months or days, as
// many as there is room for.
func ticks(from, to time.Time, share func(time.Time) float64) []htmlTick {
	for _, s := range []struct {
		years, months, days int
		layout              string
	}{{0, 0, 1, "2 Jan"}, {0, 0, 7, "2 Jan"}, {0, 1, 0, "2006-01"}, {0, 3, 0, "2006-01"}, {0, 6, 0, "2006-01"}, {1, 0, 0, "2006"}, {2, 0, 0, "2006"}, {5, 0, 0, "2006"}, {10, 0, 0, "2006"}, {50, 0, 0, "2006"}} {
		at := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
		switch {
		case s.years > 0:
			at = time.Date(from.Year()-from.Year()%s.years, 1, 1, 0, 0, 0, 0, time.UTC)
		case s.months > 0:
			at = time.Date(from.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		}
		var list []htmlTick
		for ; !at.After(to) && len(list) <= maxTicks; at = at.AddDate(s.years, s.months, s.days) {
			if !at.Before(from) && share(at) < 0.88 {
				list = append(list, htmlTick{percent(share(at)), at.Format(s.layout)})
			}
		}
		if len(list) <= maxTicks {
			return list
		}
	}
	return nil
}
