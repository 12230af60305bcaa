"""Intervals and tests over questions: bootstrap and paired permutation, seeded. Pure functions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
SEED = 20220101
LEVEL = 0.95
EXACT_UP_TO = 14
"""So many differing questions are enumerated (2^14 sign patterns); more are sampled."""


def interval_of_ratio(got: Sequence[float], of: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of ``sum(got) / sum(of)`` over questions (Efron 1979).

    :raises ValueError: nothing is eligible, or lengths differ.
    """
    numerators, denominators = np.asarray(got, np.float64), np.asarray(of, np.float64)
    if numerators.shape != denominators.shape or not denominators.sum():
        raise ValueError("an interval needs as many shares as questions, one of them eligible")
    keep = denominators > 0  # the others change neither sum
    numerators, denominators = numerators[keep], denominators[keep]
    samples = _samples(len(numerators))
    return _bounds(numerators[samples].sum(axis=1) / denominators[samples].sum(axis=1))


def interval_of_percentile(values: Sequence[float], q: float) -> tuple[float, float]:
    """The 95 % bootstrap interval of a percentile (q in 0–100) of the values.

    :raises ValueError: no values.
    """
    array = np.asarray(values, np.float64)
    if not len(array):
        raise ValueError("an interval needs values")
    return _bounds(np.percentile(array[_samples(len(array))], q, axis=1))


def permutation_p(first: Sequence[float], second: Sequence[float]) -> float:
    """Two-sided p of a paired permutation test on the mean difference: signs of the differences are exchangeable.

    :raises ValueError: lengths differ.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values cannot be paired with {len(second)}")
    differences = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    differences = differences[differences != 0]
    if not len(differences):
        return 1.0
    observed = abs(differences.sum()) - 1e-12
    if len(differences) <= EXACT_UP_TO:
        signs = np.array(list(itertools.product((-1.0, 1.0), repeat=len(differences))))
        return float((np.abs(signs @ differences) >= observed).mean())
    signs = np.random.default_rng(SEED).choice((-1.0, 1.0), size=(5 * RESAMPLES, len(differences)))
    return float((1 + (np.abs(signs @ differences) >= observed).sum()) / (1 + len(signs)))


def _samples(n: int) -> NDArray[np.int64]:
    return np.random.default_rng(SEED).integers(0, n, size=(RESAMPLES, n))


def _bounds(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(values, (50 * (1 - LEVEL), 50 * (1 + LEVEL)))
    return float(low), float(high)


def percentile(values: Sequence[float], q: float) -> float:
    """The q-th percentile (0–100), linear between neighbours."""
    return float(np.percentile(np.asarray(values, np.float64), q))
