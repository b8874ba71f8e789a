// Accuracy measures the built-in rules on a labelled corpus: precision, recall and F1
// of each class, on the part of the corpus that the rules were tuned on and on the
// part that they were not, and on generated files. bench/accuracy/README.md tells how
// the labels were made.
//
//	accuracy measure TREES        reads labels.tsv and repos.tsv beside the working directory
//	accuracy label < CANDIDATES   turns candidates with values into labels without them
//	accuracy quiet TREE...        counts findings and lines of trees that hold no secrets
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "accuracy:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "measure":
		return measure(ctx, os.Stdout, args[1])
	case len(args) == 1 && args[0] == "label":
		return label(os.Stdout, os.Stdin)
	case len(args) > 1 && args[0] == "quiet":
		return quiet(ctx, os.Stdout, args[1:])
	}
	return errors.New("want measure TREES, label, or quiet and trees")
}
