"""What every workplace shares: search, a person's page, why, lists, entry forms, hand-overs."""
