"""One folder for each workplace. Desks do not know each other; what they share is in pages and records."""
