"""The shell: accounts, records in PostgreSQL, pages for the desks people sit at. No rules live here."""
