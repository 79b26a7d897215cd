"""The machine interface: partners send facts with a key of theirs. No session, no cookie, no page."""
