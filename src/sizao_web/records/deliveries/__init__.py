"""Files on their way into the records: sealed while they wait, stored row by row, answered by a signed
receipt."""
