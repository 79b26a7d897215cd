"""The watch: what the installation notices about itself, settings for a time, and who reads about whom."""
