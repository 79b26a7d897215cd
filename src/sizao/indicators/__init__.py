"""Counts over obligations and facts, each with what it counts, over what, when, where and as known by when.

An indicator never hands out a share without its numerator and denominator, and counts either steps, live
spans, reports or cases, never two of them.
"""
