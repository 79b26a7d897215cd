"""The streams of check-ins and temperatures: staged in PostgreSQL, moved to the lake, gone with their day."""
