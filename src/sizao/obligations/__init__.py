"""Derive what is due from facts and policy, and say what has been done: obligations, proofs, standing."""
