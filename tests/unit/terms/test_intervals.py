"""Half-open intervals."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sizao.terms.intervals import clip, merge, subtract

pairs = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


def points(intervals):
    return {point for begins, ends in intervals for point in range(begins, ends)}


@given(pairs)
def test_merged_intervals_hold_the_same_points_and_never_touch(intervals):
    merged = merge(intervals)
    assert points(merged) == points(intervals)
    assert all(one[1] < other[0] for one, other in pairwise(merged))


@given(pairs, st.integers(0, 30), st.integers(0, 30))
def test_what_is_taken_and_what_is_left_make_the_whole(intervals, begins, ends):
    left = subtract((begins, ends), intervals)
    assert points(left) == points([(begins, ends)]) - points(intervals)
    assert points(clip(intervals, begins, ends)) == points([(begins, ends)]) & points(intervals)


def test_touching_intervals_become_one_and_empty_ones_vanish():
    assert merge([(3, 5), (1, 3), (7, 7)]) == [(1, 5)]
