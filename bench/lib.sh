# What the measuring scripts share. Sourced by them, from the root of the
# repository; not a program.

version=v8.30.1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# build makes $tmp/keylint and $tmp/measure, and sets other to a gitleaks of the
# version that is measured: the one that is installed, or a new one.
build() {
	go build -buildvcs=false -o "$tmp/keylint" ./cmd/keylint
	go build -buildvcs=false -o "$tmp/measure" ./bench/measure
	other=$(type -P gitleaks || true)
	if [ -z "$other" ] || ! go version -m "$other" | grep -q "mod.*gitleaks/v8.$version"; then
		GOBIN=$tmp go install "github.com/zricethezav/gitleaks/v8@$version"
		other=$tmp/gitleaks
	fi
}

# machine sets date, cpu and cores.
machine() {
	date=$(date -u +%Y-%m-%d)
	cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1 || true)
	cpu=${cpu:-$(uname -m)}
	cores=$(getconf _NPROCESSORS_ONLN)
}

# publish moves $tmp/table to bench/results and shows it. Its argument comes before
# the name of the machine: "" or a word and a dash.
publish() {
	local out
	out=bench/results/$date-$1$(printf '%s-%s-cores' "$cpu" "$cores" | tr '[:upper:]' '[:lower:]' | tr -cs '[:alnum:]' '-').md
	mkdir -p bench/results
	mv "$tmp/table" "$out"
	cat "$out"
}
