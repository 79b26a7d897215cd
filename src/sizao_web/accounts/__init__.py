"""People who sign in: which duty they have, for which area or organisation, and since when."""
