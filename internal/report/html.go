package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"sync"
	"time"

	"github.com/agcloud/keylint/scanner"
)

// An htmlWriter writes one self-contained page for people. It holds all that there
// is to see without scripts; a script of ours adds filters, order, search and keys.
type htmlWriter struct {
	gatherer
	tool   scanner.Tool
	target scanner.Target
	plans  map[string]scanner.Rotation // by the hash of the key
}

//go:embed html
var htmlFiles embed.FS

// An htmlSource is what pages are made of: the template, our style and our script.
type htmlSource struct {
	page   *template.Template
	style  string
	script string
}

// loadHTML reads and parses what pages are made of, when the first one is made.
var loadHTML = sync.OnceValues(func() (*htmlSource, error) {
	page, err := template.ParseFS(htmlFiles, "html/*.html")
	if err != nil {
		return nil, err
	}
	style, err := htmlFiles.ReadFile("html/style.css")
	if err != nil {
		return nil, err
	}
	script, err := htmlFiles.ReadFile("html/script.js")
	return &htmlSource{page, string(style), string(script)}, err
})

// policy returns the content security policy of a page (Content Security Policy
// Level 3, https://www.w3.org/TR/CSP3/): nothing is loaded, sent or run but the
// texts with these hashes.
func (s *htmlSource) policy() string {
	return "default-src 'none'; style-src " + sourceHash(s.style) + "; script-src " + sourceHash(s.script) +
		"; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}

// sourceHash returns the hash-source expression of an inline text.
func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func newHTML(w io.Writer, o Options) Writer {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &htmlWriter{gatherer: gather(w, o, maxNotes), plans: map[string]scanner.Rotation{}}
}

// Begin implements Writer.
func (w *htmlWriter) Begin(tool scanner.Tool, target scanner.Target) error {
	w.tool, w.target = tool, target
	return w.flush()
}

// Plan implements Planner.
func (w *htmlWriter) Plan(p scanner.Rotation) error {
	w.plans[p.Key.Hash] = p
	return w.flush()
}

// End implements Writer.
func (w *htmlWriter) End(s scanner.Summary) error {
	src, err := loadHTML()
	if err != nil {
		w.fail(err)
		return w.flush()
	}
	p := w.document(s)
	p.Policy, p.Style, p.Script = src.policy(), template.CSS(src.style), template.JS(src.script)
	if err := src.page.ExecuteTemplate(&w.buf, "page.html", p); err != nil {
		w.fail(err)
	}
	return w.flush()
}
