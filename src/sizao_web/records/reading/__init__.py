"""Everything that reads: each function takes the scope first, and there is none without one."""
