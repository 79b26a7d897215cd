"""Headquarters: the four earlies, coverage, what is overdue by office, areas, as known then."""
