"""The recovered: whom to see, whose test is due, who was not handed over, who is positive again."""
