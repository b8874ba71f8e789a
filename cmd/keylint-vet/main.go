package main

import (
	"fmt"
	"os"

	"golang.org/x/tools/go/analysis/multichecker"

	"github.com/agcloud/keylint/analyzers"
)

func main() {
	inv := invocation{args: os.Args[1:], child: os.Getenv(childVariable) != ""}
	if inv.showsSource() {
		code, err := inv.masked(os.Stdout, os.Stderr)
		if err != nil {
			fmt.Fprintln(os.Stderr, "keylint-vet:", err)
		}
		os.Exit(code)
	}
	inv.configure()
	multichecker.Main(analyzers.All()...)
}
