"""What everybody may read, signed in or not; and what a resident does about themselves."""
