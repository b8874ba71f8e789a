package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// manyKeys returns an audit of n keys, half of them at HEAD, with a plan each.
func manyKeys(n int) *scanner.Report {
	rep := cleanReport()
	rep.Target = scanner.Target{Kind: "audit", Path: "shop", Head: object("6"), Refs: 14}
	rep.Summary.Coverage.Commits = 1000
	dirs := []string{"config", "deploy/k8s", "web/src", "infra/terraform", "scripts"}
	states := []string{scanner.StatusLive, scanner.StatusDead, scanner.StatusUnknown, scanner.StatusRestricted}
	for i := range n {
		f := plain()
		f.ID, f.Source = fmt.Sprintf("%032x", i), "history"
		f.Secret = &scanner.SecretInfo{Redacted: fmt.Sprintf("sk-%c…%04x", 'a'+i%26, i*7919%65536), Length: 51, Hash: fmt.Sprintf("hmac-sha256:%08x%024x", i, i)}
		f.Path = fmt.Sprintf("%s/file%d.yml", dirs[i%5], i)
		f.Severity = rules.Severity(i % 5)
		at := i%2 == 0
		f.AtHead, f.Pushed = &at, &at
		f.Commit = &scanner.Commit{ID: object("1"), Author: "Author " + string(rune('A'+i%7)), Time: time.Date(2021, 1, 1+i*37%1000, 0, 0, 0, 0, time.UTC), Subject: "add the configuration"}
		if !at {
			f.Removed = &scanner.CommitRef{ID: object("2"), Time: f.Commit.Time.AddDate(0, i%12, 3)}
		}
		if i%10 == 0 {
			f.Verify = &scanner.Verification{Status: states[i/10%4], Reason: "the service answered", Checked: day(9)}
		}
		p := rotation()
		p.Places = p.Places[:3]
		p.Key = scanner.RotationKey{Redacted: f.Secret.Redacted, Hash: f.Secret.Hash}
		rep.Findings, rep.Rotation = append(rep.Findings, f), append(rep.Rotation, p)
	}
	rep.Summary.Findings = n
	return rep
}

// shownKeys is the masked values of the keys that the page shows, in their order.
const shownKeys = `[...document.querySelectorAll("#list .key")].filter(k => !k.hidden).map(k => k.querySelector("code").textContent)`

// set gives a control a value, as a user does.
func (b *browser) set(selector, value, event string) {
	b.t.Helper()
	b.eval(fmt.Sprintf("{const e = document.querySelector(%q); e.value = %q; e.dispatchEvent(new Event(%q, {bubbles: true}))}", selector, value, event))
}

func TestBrowserFilterAndSort(t *testing.T) {
	b := startBrowser(t)
	b.open(render(t, manyKeys(40), "html", options()), "")
	b.expect(shownKeys+".length", 40)
	b.expect(`document.getElementById("controls").hidden`, false)
	b.set("[data-filter=status]", "live", "change")
	b.expect(shownKeys+".length === 1 && "+shownKeys+`[0] === "sk-a…0000"`, true)
	b.expect(`document.getElementById("shown").textContent`, `"1 of 40"`)
	b.eval(`document.querySelector("button[type=reset]").click(), new Promise(done => setTimeout(done, 20))`)
	b.expect(shownKeys+".length", 40)
	b.set("[data-filter=where]", "in history only", "change")
	b.expect(shownKeys+".length", 20)
	b.set("[data-least]", "4", "change")
	b.expect(shownKeys+".length", 4)
	b.set("#search", "FILE9.yml adding", "input")
	b.expect(shownKeys+".length", 0)
	b.expect(`document.getElementById("none").hidden`, false)
	b.set("#search", "FILE9.yml add the", "input")
	b.expect(shownKeys+".length", 1)
	b.press("Escape")
	b.expect(shownKeys+".length", 40)
	b.set("#order", "first", "change")
	b.expect(`{const d = [...document.querySelectorAll("#list .key")].map(k => Number(k.dataset.first)); d.every((x, i) => i === 0 || d[i-1] <= x)}`, true)
	b.set("#order", "place", "change")
	b.expect(`document.querySelector("#list .key").dataset.place`, `"config/file0.yml:12:8"`)
	b.quiet()
}

func TestBrowserLinksAndKeys(t *testing.T) {
	b := startBrowser(t)
	page := render(t, manyKeys(40), "html", options())
	b.open(page, "#key-000000170000")
	b.expect(`[...document.querySelectorAll(".key[open]")].map(k => k.id)`, `["key-000000170000"]`)
	b.expect(`{const y = document.getElementById("key-000000170000").getBoundingClientRect().top; y >= 0 && y < innerHeight}`, true)
	b.set("[data-filter=status]", "live", "change")
	b.eval(`document.querySelector(".chunk a[href='#key-000000050000']").click(), new Promise(done => setTimeout(done, 100))`)
	b.expect(`{const k = document.getElementById("key-000000050000"); k.open && !k.hidden}`, true)
	b.eval(`document.activeElement.blur()`)
	b.press("j")
	b.press("j")
	b.expect(`document.activeElement.closest(".key") === document.querySelectorAll("#list .key")[1]`, true)
	b.press("k")
	b.expect(`document.activeElement.closest(".key") === document.querySelector("#list .key")`, true)
	b.press("x")
	b.expect(`document.querySelectorAll(".key[open]").length`, 40)
	b.press("/")
	b.press("j")
	b.expect(`document.getElementById("search").value`, `"j"`)
	b.quiet()
}

// Texts in every field stay texts, in the page and in what the script does with it.
func TestBrowserHostile(t *testing.T) {
	b := startBrowser(t)
	for _, evil := range hostileTexts {
		b.open(render(t, hostileReport(evil), "html", options()), "#"+strings.ReplaceAll(evil, " ", "%20"))
		b.press("x")
		b.set("#search", "x", "input")
		b.expect("typeof window.hacked", `"undefined"`)
		b.expect(`document.querySelectorAll("img, iframe, object, embed, base, link, body script[src], [onerror], [onload], [onmouseover], svg script, a[href^=javascript]").length`, 0)
		b.expect(`document.scripts.length`, 1)
		b.expect(`document.querySelector("h1").textContent.includes(`+quoted(evil)+`)`, true)
	}
	b.quiet()
}

func TestBrowserManyKeys(t *testing.T) {
	b := startBrowser(t)
	b.open(render(t, manyKeys(10_000), "html", options()), "")
	b.expect(shownKeys+".length", 10_000)
	b.set("#search", "file9999", "input")
	b.expect(shownKeys+".length", 1)
	b.quiet()
}

// BenchmarkBrowserManyKeys measures how long the main thread of the browser works
// to open a page of 10,000 keys, and to search it. The goal is to open it in two
// seconds.
func BenchmarkBrowserManyKeys(b *testing.B) {
	page := render(b, manyKeys(10_000), "html", options())
	opened, searched := 0.0, 0.0
	for range b.N {
		w := startBrowser(b)
		w.call("Performance.enable", map[string]any{"timeDomain": "threadTicks"}, nil)
		w.open(page, "")
		at := w.work()
		w.set("#search", "file9999", "input")
		opened, searched = opened+at, searched+w.work()-at
	}
	b.ReportMetric(opened/float64(b.N), "s-open/op")
	b.ReportMetric(searched/float64(b.N), "s-search/op")
}

// work returns the time that the main thread of the page has worked, in seconds.
func (b *browser) work() float64 {
	b.t.Helper()
	var r struct {
		Metrics []struct {
			Name  string
			Value float64
		}
	}
	b.call("Performance.getMetrics", nil, &r)
	for _, m := range r.Metrics {
		if m.Name == "TaskDuration" {
			return m.Value
		}
	}
	b.t.Fatal("the browser does not say how long it worked")
	return 0
}

// The page is whole without scripts.
func TestBrowserWithoutScripts(t *testing.T) {
	b := startBrowser(t)
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.open(render(t, manyKeys(40), "html", options()), "")
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": false}, nil)
	b.expect(`document.getElementById("controls").hidden`, true)
	b.expect(shownKeys+".length", 40)
	b.expect(`document.querySelectorAll(".plan input").length`, 40*3)
	b.quiet()
}
