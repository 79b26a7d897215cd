"""The demonstration city; not installed in production."""
