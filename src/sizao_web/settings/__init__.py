"""What an installation states about itself: configuration by environment, Django's settings, the clock."""
