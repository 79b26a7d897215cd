"""Inspectors and the places they inspect: what was found, whether it is put right, the second check."""
