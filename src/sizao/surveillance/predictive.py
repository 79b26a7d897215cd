"""What a count may be when nothing changed: exact limits that allow for how little the baseline tells.

Of shares: the beta-binomial predictive distribution, that is a binomial whose probability is known from the
baseline only (Jeffreys prior). Of counts: the negative binomial, whose spread is estimated from the baseline
by moments. With an endless baseline both become the limits of the p-chart and of the c-chart (Shewhart 1931;
Montgomery, Introduction to Statistical Quality Control, chapter 7), taken exactly, not by the normal curve.
"""

from __future__ import annotations

from math import lgamma

import numpy as np

_MOST_TERMS = 2_000_000


def tails_of_share(found: int, tested: int, expected: float, weight: float) -> tuple[float, float]:
    """P(X ≤ found) and P(X ≥ found) among `tested`, for a share known from `weight` tests."""
    masses = _masses(tested, expected, weight)
    return _tails(masses, found)


def limits_of_share(tested: int, expected: float, weight: float, tail: float) -> tuple[int, int]:
    """The smallest and the largest count that is no signal, each side being passed with at most `tail`."""
    return _limits(_masses(tested, expected, weight), tail)


def tails_of_count(found: int, mean: float, variance: float) -> tuple[float, float]:
    """P(X ≤ found) and P(X ≥ found) of a count with this mean and variance."""
    return _tails(_counts(mean, variance, found), found)


def limits_of_count(mean: float, variance: float, tail: float) -> tuple[int, int]:
    """The smallest and the largest count that is no signal."""
    return _limits(_counts(mean, variance, 0), tail)


def _masses(tested: int, expected: float, weight: float) -> np.ndarray:
    """P(X = 0), …, P(X = tested) of the beta-binomial, from P(X = 0) by the ratio of neighbours."""
    a, b = expected * weight + 0.5, (1 - expected) * weight + 0.5
    if tested > _MOST_TERMS:
        raise ValueError(f"{tested:,} tests in one window are more than one laboratory makes.")
    first = lgamma(tested + b) + lgamma(a + b) - lgamma(b) - lgamma(tested + a + b)
    k = np.arange(tested, dtype=np.float64)
    steps = np.log((tested - k) * (k + a)) - np.log((k + 1) * (tested - k - 1 + b))
    return np.exp(first + np.concatenate(([0.0], np.cumsum(steps))))


def _counts(mean: float, variance: float, found: int) -> np.ndarray:
    """P(X = 0), P(X = 1), … far enough to hold `found` and all but nothing of the rest."""
    most = int(max(found, mean + 40 * np.sqrt(max(variance, mean)) + 50)) + 1
    k = np.arange(most, dtype=np.float64)
    if variance <= mean * 1.000001:
        first, steps = -mean, np.log(mean) - np.log(k + 1)
    else:
        size = mean * mean / (variance - mean)
        share = size / (size + mean)
        first, steps = size * np.log(share), np.log((k + size) / (k + 1)) + np.log1p(-share)
    return np.exp(first + np.concatenate(([0.0], np.cumsum(steps))))


def _tails(masses: np.ndarray, found: int) -> tuple[float, float]:
    below = float(masses[: found + 1].sum())
    return min(1.0, below), max(0.0, min(1.0, 1.0 - below + float(masses[found])))


def _limits(masses: np.ndarray, tail: float) -> tuple[int, int]:
    below = np.cumsum(masses)
    lower = int(np.searchsorted(below, tail, side="right"))
    upper = int(np.searchsorted(below, 1.0 - tail, side="left"))
    return lower, min(upper, len(masses) - 1)
