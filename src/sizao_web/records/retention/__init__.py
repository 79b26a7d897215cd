"""What is removed when its time is over: declared in one table, done once a day, and reported."""
