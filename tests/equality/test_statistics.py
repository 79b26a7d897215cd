"""The drawn histories hold what they are drawn for; printed, so that a person sees how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from equality.drawn import BATCHES, drawn
from equality.statistics import FEATURES, features

WANTED = (
    *(f"status {name}" for name in ("upcoming", "open", "overdue", "missed", "met", "met_late", "waived")),
    *(f"timing {name}" for name in ("span", "plan", "deadline", "calendar", "rolling", "escalation")),
    "unknown",
    "too_late",
    "standing",
)


def test_each_thing_that_goes_wrong_does_so_in_a_tenth_of_at_least_five_hundred_histories(
    say: Callable[[str], None],
) -> None:
    having: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    histories = 0
    for name, seed in BATCHES:
        one = drawn(name, seed)
        for prefix in one.worlds:
            found, counted = features(one, prefix)
            having.update(found)
            counts.update(counted)
            histories += 1
    say(f"{histories} histories")
    for feature in FEATURES:
        say(f"  {feature:18} {having[feature]:5} ({having[feature] / histories:.0%})")
    for what in WANTED:
        say(f"  {what:18} {counts[what]:5}")
    assert histories >= 500
    assert [feature for feature in FEATURES if having[feature] < histories / 10] == []
    assert [what for what in WANTED if counts[what] < histories / 10] == []
