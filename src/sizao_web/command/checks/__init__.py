"""What `sizao doctor` looks at. A check answers findings: what was looked at, is it well, what to do."""
