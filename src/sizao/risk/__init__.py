"""Risk: proposes grades of areas from counts, and says what was announced. A person announces."""
