package githistory

// parentsFirst returns the commits that can be reached from tips, each after
// its parents. The order depends on the tips and on the commits alone, not on
// how they are stored. Commits that skip, which may be nil, says to skip are left
// out with what only they lead to.
func parentsFirst(o objects, tips []handle, skip func(handle) bool) []handle {
	var order []handle
	var seen dense[bool]
	type visit struct {
		commit handle
		next   int
	}
	for _, tip := range tips {
		stack := []visit{{tip, 0}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			c := o.commit(top.commit)
			if top.next == 0 {
				if c == nil || seen.get(top.commit) || skip != nil && skip(top.commit) {
					stack = stack[:len(stack)-1]
					continue
				}
				seen.set(top.commit, true)
			}
			if top.next < len(c.parents) {
				top.next++
				stack = append(stack, visit{c.parents[top.next-1], 0})
				continue
			}
			order = append(order, top.commit)
			stack = stack[:len(stack)-1]
		}
	}
	return order
}
