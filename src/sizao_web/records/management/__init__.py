"""Commands of Django that are replaced."""
