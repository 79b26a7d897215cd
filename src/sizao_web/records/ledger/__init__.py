"""How the ledger is kept: facts mirrored into the engine, whole and touched runs, what vanished and why."""
