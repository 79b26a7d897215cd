"""The chain of the audit: places of entries, signed roots, their second place, and how both are verified."""
