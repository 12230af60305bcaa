"""Intervals and tests against known values."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.statistics import (
    interval_of_percentile,
    interval_of_ratio,
    percentile,
    permutation_p,
)


def test_the_interval_of_a_share_is_that_of_the_binomial():
    # 50 of 100: the normal interval is 0.5 ± 1.96·sqrt(0.25/100) = [0.402, 0.598]
    low, high = interval_of_ratio([1.0] * 50 + [0.0] * 50, [1.0] * 100)
    assert low == pytest.approx(0.402, abs=0.015)
    assert high == pytest.approx(0.598, abs=0.015)


def test_ineligible_questions_change_nothing_and_certainty_has_no_width():
    assert interval_of_ratio([1, 0, 1, 0.5], [1, 1, 1, 1]) == interval_of_ratio([1, 0, 7, 1, 0.5], [1, 1, 0, 1, 1])
    assert interval_of_ratio([1, 1], [1, 1]) == (1, 1)
    with pytest.raises(ValueError, match="one of them eligible"):
        interval_of_ratio([0], [0])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_interval_holds_the_mean_and_is_the_same_each_time(values):
    low, high = interval_of_ratio(values, [1.0] * len(values))
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9
    assert (low, high) == interval_of_ratio(values, [1.0] * len(values))


def test_percentiles():
    assert percentile([4, 1, 3, 2], 50) == 2.5
    assert percentile([7], 95) == 7
    low, high = interval_of_percentile(range(101), 50)
    assert low < 50 < high
    with pytest.raises(ValueError, match="needs values"):
        interval_of_percentile([], 50)


def test_the_permutation_test_by_hand():
    # five differences of +1: of 2^5 sign patterns only all + and all - are as extreme, p = 2/32
    assert permutation_p([1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0]) == pytest.approx(2 / 32)
    assert permutation_p([1, 0], [0, 1]) == 1.0  # +1 and -1: the sum is 0, every pattern is as extreme
    assert permutation_p([1, 0], [1, 0]) == 1.0
    with pytest.raises(ValueError, match="2 values cannot be paired with 1"):
        permutation_p([1, 1], [1])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=8))
def test_enumeration_agrees_with_the_definition(pairs):
    first, second = zip(*pairs, strict=True)
    differences = [a - b for a, b in pairs]
    patterns = list(itertools.product((-1, 1), repeat=len(pairs)))
    extreme = sum(
        abs(sum(s * d for s, d in zip(p, differences, strict=True))) >= abs(sum(differences)) for p in patterns
    )
    assert permutation_p(first, second) == pytest.approx(extreme / len(patterns))


def test_sampling_agrees_with_enumeration():
    # 16 differences are sampled: 12 of +1, 4 of -1; the sum is 8, and p is P(|S| >= 8) = 2·P(at least 12 of 16)
    exact = 2 * sum([1820, 560, 120, 16, 1]) / 2**16
    assert permutation_p([1] * 12 + [0] * 4, [0] * 12 + [1] * 4) == pytest.approx(exact, abs=0.01)
