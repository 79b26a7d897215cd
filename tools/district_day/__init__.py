"""A district lives through a day in a served installation, and a separate script says how it must end."""
