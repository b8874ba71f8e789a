package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A browser is a headless Chromium with one page, spoken to through the pipe of
// the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/):
// JSON messages with a NUL behind each, in on descriptor 3 and out on 4.
type browser struct {
	t       testing.TB
	in      io.Writer
	replies chan cdpMessage
	session string
	id      int
	loads   int
	// noise is all that a quiet page does not do: messages in its console, errors,
	// and requests beyond its own file.
	noise []string
}

// A cdpMessage is a reply to a command, or an event.
type cdpMessage struct {
	ID        int             `json:"id"`
	Method    string          `json:"method"`
	SessionID string          `json:"sessionId"`
	Params    json.RawMessage `json:"params"`
	Result    json.RawMessage `json:"result"`
	Error     json.RawMessage `json:"error"`
}

// patience is how long the browser may take for an answer.
const patience = time.Minute

// startBrowser starts Chromium. Without one it skips the test.
func startBrowser(t testing.TB) *browser {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	i := slices.IndexFunc(names, func(n string) bool { _, err := exec.LookPath(n); return err == nil })
	if i < 0 {
		t.Skip("no Chromium here: the page is not tried in a browser; on Debian, apt-get install chromium")
	}
	dir, err := os.MkdirTemp("", "keylint-browser-")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(names[i], "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--remote-debugging-pipe", "--user-data-dir="+dir, "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+dir, "DBUS_SESSION_BUS_ADDRESS=disabled:")
	theirIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &browser{t: t, in: in, replies: make(chan cdpMessage, 1<<10)}
	go b.listen(out)
	t.Cleanup(func() {
		b.send("Browser.close", nil)
		in.Close()
		late := time.AfterFunc(patience, func() { cmd.Process.Kill() })
		cmd.Wait() // what it says of its own end does not matter
		late.Stop()
		out.Close()
		os.RemoveAll(dir) // its children may still write there, which is theirs to lose
	})
	b.attach()
	return b
}

// listen passes on messages until the pipe ends.
func (b *browser) listen(out io.Reader) {
	defer close(b.replies)
	r := bufio.NewReader(out)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m cdpMessage
		if json.Unmarshal(text[:len(text)-1], &m) == nil {
			b.replies <- m
		}
	}
}

// attach opens a page and asks for its events.
func (b *browser) attach() {
	b.t.Helper()
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	b.session = session.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
}

// send sends a command and returns its number.
func (b *browser) send(method string, params any) int {
	b.id++
	m := map[string]any{"id": b.id, "method": method}
	if params != nil {
		m["params"] = params
	}
	if b.session != "" && method != "Browser.close" {
		m["sessionId"] = b.session
	}
	text, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	b.in.Write(append(text, 0)) // a failure shows as a missing reply
	return b.id
}

// call sends a command, waits for its reply and decodes it into result.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	id := b.send(method, params)
	reply := b.wait(method, func(m cdpMessage) bool { return m.ID == id })
	if reply.Error != nil {
		b.t.Fatalf("%s: %s", method, reply.Error)
	}
	if result != nil {
		if err := json.Unmarshal(reply.Result, result); err != nil {
			b.t.Fatal(err)
		}
	}
}

// wait returns the first message that is wanted.
func (b *browser) wait(what string, wanted func(cdpMessage) bool) cdpMessage {
	b.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case m, ok := <-b.replies:
			if !ok {
				b.t.Fatalf("the browser ended before %s", what)
			}
			b.note(m)
			if wanted(m) {
				return m
			}
		case <-timeout:
			b.t.Fatalf("no answer to %s", what)
		}
	}
}

// note keeps what a quiet page does not do.
func (b *browser) note(m cdpMessage) {
	switch m.Method {
	case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded", "Page.javascriptDialogOpening":
		b.noise = append(b.noise, m.Method+": "+string(m.Params))
	case "Network.requestWillBeSent":
		var p struct{ Request struct{ URL string } }
		json.Unmarshal(m.Params, &p) // what is no such event has no address
		if !strings.HasPrefix(p.Request.URL, "file://") || b.loads == 0 {
			b.noise = append(b.noise, "request of "+p.Request.URL)
		}
		b.loads--
	}
}

// open writes a page to a file and loads it, with a fragment behind its address.
func (b *browser) open(page, fragment string) {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.loads = 1
	b.call("Page.navigate", map[string]any{"url": "file://" + file + fragment}, nil)
	b.wait("the load of the page", func(m cdpMessage) bool { return m.Method == "Page.loadEventFired" })
}

// eval returns the value of an expression in the page, as JSON has it.
func (b *browser) eval(expression string) string {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, r.ExceptionDetails)
	}
	return string(r.Result.Value)
}

// expect compares the value of an expression with what is wanted.
func (b *browser) expect(expression string, want any) {
	b.t.Helper()
	if got := b.eval(expression); got != fmt.Sprint(want) {
		b.t.Errorf("%s is %s, want %v", expression, got, want)
	}
}

// press sends a key to the page.
func (b *browser) press(key string) {
	b.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		p := map[string]any{"type": kind, "key": key}
		if kind == "keyDown" && len(key) == 1 {
			p["text"] = key
		}
		b.call("Input.dispatchKeyEvent", p, nil)
	}
}

// quiet fails if the page did anything that it must not.
func (b *browser) quiet() {
	b.t.Helper()
	b.eval("new Promise(done => setTimeout(done, 50))")
	for _, n := range b.noise {
		b.t.Errorf("the page is not quiet: %s", n)
	}
}
