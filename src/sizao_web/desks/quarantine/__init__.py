"""The quarantine site: whom to take in, which room, whose temperature, who goes home, what is asked for."""
