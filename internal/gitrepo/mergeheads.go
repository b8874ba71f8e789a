package gitrepo

import "path/filepath"

// MergeHeads returns the commits that a merge in progress would add as parents,
// in order; none when there is no merge. What of them cannot be read is an
// error.
func (r *Repo) MergeHeads() ([]string, error) {
	var problems problemList
	ids := r.idLines(filepath.Join(r.GitDir, "MERGE_HEAD"), &problems)
	for _, p := range problems {
		return nil, p.Err
	}
	return ids, nil
}
