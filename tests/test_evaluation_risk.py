"""Risk and coverage against a second formula, by hand, and over every order of what is equally confident."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.report import Question, SystemResult
from assistant.evaluation.risk import aurc, risk_coverage


def by_weights(losses, confidences):
    """A second implementation: each loss weighs (1/r + … + 1/n) / n, where r is its rank (no equal confidences)."""
    n = len(losses)
    ranked = [loss for _, loss in sorted(zip(confidences, losses, strict=True), reverse=True)]
    return sum(loss * sum(1 / j for j in range(rank, n + 1)) for rank, loss in enumerate(ranked, 1)) / n


def test_by_hand():
    # kept 1: 0; kept 2: 1/2; kept 3: 1/3; the area is their mean, 5/18
    kept, risk = zip(*risk_coverage([1, 0, 0], [0.5, 0.9, 0.1]), strict=True)
    assert kept == pytest.approx((1 / 3, 2 / 3, 1))
    assert risk == pytest.approx((0, 1 / 2, 1 / 3))
    assert aurc([1, 0, 0], [0.5, 0.9, 0.1]) == pytest.approx(5 / 18)
    assert aurc([0, 0, 1], [0.9, 0.5, 0.1]) < aurc([1, 0, 0], [0.9, 0.5, 0.1])
    with pytest.raises(ValueError, match="an area needs answers"):
        aurc([], [])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.randoms())
def test_the_area_agrees_with_a_second_implementation(losses, random):
    confidences = [i / len(losses) for i in range(len(losses))]
    random.shuffle(confidences)
    assert aurc(losses, confidences) == pytest.approx(by_weights(losses, confidences))


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2)), min_size=1, max_size=6))
def test_equal_confidences_are_the_mean_over_their_orders(pairs):
    losses, confidences = zip(*pairs, strict=True)
    areas = []
    for order in permutations(range(len(pairs))):  # of two that are equal, the one earlier in the order is kept first
        earlier = [confidences[i] - order.index(i) / 100 for i in range(len(pairs))]
        areas.append(by_weights(losses, earlier))
    assert aurc(losses, confidences) == pytest.approx(sum(areas) / len(areas))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_a_confidence_that_says_nothing_is_worth_nothing(losses):
    assert aurc(losses, [0.5] * len(losses)) == pytest.approx(sum(losses) / len(losses))


def system(*answers):
    """A system with (score, confidence) of each question."""
    return SystemResult("x", tuple(Question(str(i), {"score": (s, 1.0)}, confidence=c) for i, (s, c) in enumerate(answers)))  # fmt: skip


def test_the_risk_of_a_system():
    # of four questions one is declined: three answers, losses 0, 1, 0 by falling confidence
    found = system((1, 0.9), (0, 0.5), (1, None), (1, 0.1)).risk("score")
    assert found == {
        "answered": 3,
        "loss": pytest.approx(1 / 3, abs=1e-6),
        "aurc": pytest.approx(5 / 18, abs=1e-6),
        "curve": [[0.25, 0.0], [0.5, 0.5], [0.75, 0.3333]],
    }


@pytest.mark.parametrize("confidence", [None, 0.0])
def test_a_system_without_confidences_has_no_risk(confidence):
    assert system((1, confidence), (0, confidence)).risk("score") is None
