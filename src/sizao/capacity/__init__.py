"""Can we do it: which room a person fits into, and whether the rooms last for those who come."""
