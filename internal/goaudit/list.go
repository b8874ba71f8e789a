package goaudit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A listed package is what go list tells of it (see “go help list”).
type listed struct {
	ImportPath string
	Name       string
	Dir        string
	GoFiles    []string
	EmbedFiles []string
	Imports    []string
	ImportMap  map[string]string
	Standard   bool
	ForTest    string
	Module     *struct{ Path, Version, Dir, GoVersion string }
}

// maxMessage bounds what is kept of what the go command says, in bytes.
const maxMessage = 2 << 10

// list returns the packages of the module in dir with all that they import,
// dependencies first. more is added to the environment.
//
// The go command is held to listing: without cgo, so that no compiler runs; with the
// toolchain that is there, whatever go.mod asks for; without proxy and without version
// control, so that nothing is downloaded and no hook or file monitor of a repository
// runs; without flags of the environment, so that no other tool runs.
func (r *run) list(ctx context.Context, dir string, more ...string) ([]*listed, error) {
	c := exec.CommandContext(ctx, r.command, "list", "-e", "-deps", "-test", "-buildvcs=false",
		"-json=ImportPath,Name,Dir,GoFiles,EmbedFiles,Imports,ImportMap,Standard,ForTest,Module", "./...")
	c.Dir = filepath.Join(r.Root, filepath.FromSlash(dir))
	c.Env = append(environment(os.Environ()), more...)
	var out, message bytes.Buffer
	c.Stdout, c.Stderr = &out, &limited{&message, maxMessage}
	if err := c.Run(); err != nil {
		if text := firstLine(message.String()); text != "" {
			return nil, errors.New(text)
		}
		return nil, err
	}
	var list []*listed
	for d := json.NewDecoder(&out); ; {
		var p listed
		switch err := d.Decode(&p); err {
		case nil:
			list = append(list, &p)
		case io.EOF:
			return list, nil
		default:
			return nil, err
		}
	}
}

// environment returns env with the settings of the go command that list needs.
func environment(env []string) []string {
	var out []string
	for _, v := range env {
		switch name, _, _ := strings.Cut(v, "="); name {
		case "GOFLAGS", "GOTOOLCHAIN", "GOPROXY", "GOSUMDB", "GOVCS", "CGO_ENABLED", "GO111MODULE", "GOWORK", "GOPACKAGESDRIVER":
		default:
			out = append(out, v)
		}
	}
	return append(out, "GOFLAGS=", "GOTOOLCHAIN=local", "GOPROXY=off", "GOSUMDB=off", "GOVCS=*:off", "CGO_ENABLED=0", "GO111MODULE=on")
}

// firstLine returns the first line of what the go command says, with the next when it
// ends in a colon.
func firstLine(text string) string {
	line, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(text), "go: "), "\n")
	if strings.HasSuffix(line, ":") {
		next, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
		line += " " + next
	}
	return line
}

// limited passes the first bytes on, and takes the others.
type limited struct {
	to   *bytes.Buffer
	left int
}

// Write implements io.Writer.
func (w *limited) Write(b []byte) (int, error) {
	n := min(len(b), w.left)
	w.left -= n
	w.to.Write(b[:n])
	return len(b), nil
}
