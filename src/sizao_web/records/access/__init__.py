"""Who may see which row: role × area × organisation × purpose, defined once for the ORM and for the database."""
