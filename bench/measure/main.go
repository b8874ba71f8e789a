// Measure runs two commands in turn and prints a row of a table: the median
// and the least wall time of each, the ratios of both, and the greatest memory.
// Other work on the machine only ever adds time: where median and least are far
// apart, measure again when it is quiet.
//
// The first command may exit with 1, for findings; any other failure ends the
// measurement.
//
//	measure -runs N -name TEXT -- COMMAND... -- COMMAND...
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

func main() {
	runs := flag.Int("runs", 5, "how often each command runs")
	name := flag.String("name", "", "what is measured")
	flag.Parse()
	if err := measure(*name, *runs, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

// A result is what the runs of one command took.
type result struct {
	times  []time.Duration
	memory int64 // the greatest resident set, in bytes; 0 where it is not known
}

func measure(name string, runs int, args []string) error {
	i := slices.Index(args, "--")
	if i < 1 || i+1 == len(args) || runs < 1 {
		return errors.New("usage: measure -runs N -name TEXT -- COMMAND -- COMMAND")
	}
	var a, b result
	for run := range runs + 1 {
		if err := a.run(args[:i], 1, run > 0); err != nil {
			return err
		}
		if err := b.run(args[i+1:], 0, run > 0); err != nil {
			return err
		}
	}
	fmt.Printf("| %s | %s | %s | %s | %s | %s |\n", name, a.wall(), b.wall(), ratios(b, a), megabytes(a.memory), megabytes(b.memory))
	return nil
}

// run runs a command, which may exit with codes up to highest, and counts it
// unless it is the first, which warms the caches.
func (r *result) run(args []string, highest int, count bool) error {
	cmd := exec.Command(args[0], args[1:]...)
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	var failed *exec.ExitError
	if err != nil && !(errors.As(err, &failed) && failed.Exited() && failed.ExitCode() <= highest) {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if count {
		r.times = append(r.times, took)
	}
	r.memory = max(r.memory, maxMemory(cmd.ProcessState))
	return nil
}

func (r *result) median() time.Duration {
	slices.Sort(r.times)
	return r.times[len(r.times)/2]
}

func (r *result) least() time.Duration { return slices.Min(r.times) }

// wall renders the median and the least wall time.
func (r *result) wall() string { return seconds(r.median()) + " (" + seconds(r.least()) + ")" }

// ratios renders how many times as long as b the command a took, by the medians
// and by the least times.
func ratios(a, b result) string {
	return fmt.Sprintf("%.1fx (%.1fx)", float64(a.median())/float64(b.median()), float64(a.least())/float64(b.least()))
}

func seconds(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

func megabytes(n int64) string {
	if n == 0 {
		return "?"
	}
	return fmt.Sprintf("%d MB", n/1e6)
}
