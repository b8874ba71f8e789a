package cli

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
)

// What an audit of a repository takes: a history of 5 GB in blobs, as that of git,
// takes a few hundred MB, so a GiB leaves room.
const memoryEach = 1 << 30

// The bounds of how many repositories are audited at once, as long as nobody says:
// two, so that one is cloned while another is scanned, and so few that they do not
// wait for each other's disk reads.
const (
	leastAtOnce = 2
	mostAtOnce  = 8
)

// atOnce returns how many of n repositories are audited at once: one for two cores,
// as the scan of each is parallel by itself, and for each GiB of memory that is
// free.
func atOnce(n int) int {
	k := min(max(leastAtOnce, runtime.GOMAXPROCS(0)/2), mostAtOnce, n)
	if free := freeMemory(); free > 0 {
		k = min(k, int(free/memoryEach))
	}
	return max(1, k)
}

// share returns how many files or objects each of n repositories scans at once, of
// jobs for all, or of one a core.
func share(jobs, n int) int {
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	return max(1, jobs/n)
}

// freeMemory returns how many bytes of memory programs can have, as Linux tells
// (proc_meminfo(5)), 0 when it is not known.
func freeMemory() int64 {
	data, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	return availableIn(data)
}

// availableIn reads MemAvailable, which is in KiB.
func availableIn(meminfo []byte) int64 {
	for line := range bytes.Lines(meminfo) {
		fields := bytes.Fields(line)
		if len(fields) >= 2 && string(fields[0]) == "MemAvailable:" {
			kib, err := strconv.ParseInt(string(fields[1]), 10, 64)
			if err != nil || kib < 0 || kib > 1<<50 {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}
