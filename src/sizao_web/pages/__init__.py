"""The frame of every page: who may open a route, layout, words, lists with paging and export, forms from the
dictionary. Desks stand on it and do not know each other."""
