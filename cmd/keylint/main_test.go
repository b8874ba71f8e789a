package main

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/agcloud/keylint/internal/cli"
	"github.com/agcloud/keylint/internal/fakekey"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"keylint": func() {
			os.Exit(cli.Main(context.Background(), cli.Env{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}))
		},
	})
}

// TestScripts runs testdata/script: what a user types and sees. Besides the
// commands of testscript there are
//
//	rc N cmd...        runs cmd, which must exit with code N
//	keys FILE...       replaces @KEY1@ to @KEY9@ in the files by generated keys,
//	                   and @TOKEN@ by 20 letters and digits
//	encode FORM FILE   encodes a file in place: base64, hex, utf16
//	timeless FILE...   takes the duration out of reports
//	service            starts a service that plays the AGCloud API at $SERVICE
//	forge [check]      starts a forge at $FORGE, see there
//	requests N         fails unless the service got N requests since the last time
//	rev NAME REVISION  sets $NAME to the id of a commit of the current repository
//	github EVENT [NAME=VALUE...]
//	                   sets the environment of a job of GitHub Actions, see there
//	noleak [FILE...]   fails if a generated key, in any form, stands in the
//	                   output of the last command or in the files
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(e.WorkDir, ".gitconfig-of-test"))
			e.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			e.Setenv("GIT_AUTHOR_NAME", "A")
			e.Setenv("GIT_AUTHOR_EMAIL", "a@example.com")
			e.Setenv("GIT_COMMITTER_NAME", "A")
			e.Setenv("GIT_COMMITTER_EMAIL", "a@example.com")
			e.Setenv("XDG_CONFIG_HOME", e.WorkDir)
			e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, ".cache"))
			e.Values[serviceKey{}] = new(*apiService)
			e.Values[forgeKey{}] = new(*forge)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"rc": runCode, "timeless": stripTimes, "keys": fillKeys, "encode": encodeFile, "noleak": noLeak,
			"service": startService, "requests": requests, "rev": setRevision, "github": setGitHub, "forge": startForge,
		},
	})
}

// runCode runs a command and checks its exit code.
func runCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: rc N command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		var coded interface{ ExitCode() int }
		if !errors.As(err, &coded) {
			ts.Fatalf("%v", err)
		}
		got = coded.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// key returns the n-th generated key.
func key(n int) string { return fakekey.Gateway(uint64(n)) }

const keyCount = 9

func fillKeys(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := ts.ReadFile(name)
		for n := 1; n <= keyCount; n++ {
			text = strings.ReplaceAll(text, "@KEY"+strconv.Itoa(n)+"@", key(n))
		}
		text = strings.ReplaceAll(text, "@TOKEN@", fakekey.Alnum(keyCount+1, 20))
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}

func encodeFile(ts *testscript.TestScript, _ bool, args []string) {
	data := ts.ReadFile(args[1])
	switch args[0] {
	case "base64":
		data = base64.StdEncoding.EncodeToString([]byte(data))
	case "hex":
		data = hex.EncodeToString([]byte(data))
	case "utf16":
		var b []byte
		for _, u := range utf16.Encode([]rune("\ufeff" + data)) {
			b = append(b, byte(u), byte(u>>8))
		}
		data = string(b)
	default:
		ts.Fatalf("no encoding %s", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(data), 0o644))
}

func stripTimes(ts *testscript.TestScript, _ bool, args []string) {
	duration := regexp.MustCompile(`"duration_ms":\d+`)
	for _, name := range args {
		text := duration.ReplaceAllString(ts.ReadFile(name), `"duration_ms":0`)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}

func noLeak(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range append([]string{"stdout", "stderr"}, args...) {
		text := ts.ReadFile(name)
		for n := 1; n <= keyCount; n++ {
			for form, s := range forms(key(n)) {
				if strings.Contains(text, s) {
					ts.Fatalf("%s holds key %d, %s", name, n, form)
				}
			}
		}
	}
}

// forms returns the shapes in which a key would be a leak.
func forms(k string) map[string]string {
	enc := base64.StdEncoding.EncodeToString
	return map[string]string{
		"plain": k, "its middle": k[12:36], "its tail": k[20:], "hex": hex.EncodeToString([]byte(k[12:36])),
		"base64": enc([]byte(k[12:36])), "base64, phase 1": enc([]byte(k[13:37])), "base64, phase 2": enc([]byte(k[14:38])),
	}
}
