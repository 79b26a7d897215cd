"""Who may see which row: role × area × organisation × purpose, defined once for ORM and database."""
