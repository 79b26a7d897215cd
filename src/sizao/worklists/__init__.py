"""Who has to do what now: the open part of the obligations, chosen, ordered and paged.

Every list and its total read the same step, so that a list and its count never disagree.
"""
