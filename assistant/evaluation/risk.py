"""Risk and coverage: how wrong the answers are when only the most confident are kept. Pure functions.

Losses lie in 0–1. Equal confidences say nothing about their order, so every point inside such a group is the mean over
all orders of it; no figure depends on the order of the questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby


def risk_coverage(losses: Sequence[float], confidences: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """(share kept, mean loss of those kept) for 1 to n answers, the most confident first (El-Yaniv and Wiener 2010).

    :raises ValueError: lengths differ.
    """
    return tuple((kept / len(losses), total / kept) for kept, total in _totals(losses, confidences))


def aurc(losses: Sequence[float], confidences: Sequence[float]) -> float:
    """Area under the risk–coverage curve: the mean of its n risks (Geifman, Uziel and El-Yaniv 2019). Lower is better.

    :raises ValueError: lengths differ, or no answer.
    """
    if not losses:
        raise ValueError("an area needs answers")
    return sum(risk for _, risk in risk_coverage(losses, confidences)) / len(losses)


def _totals(losses: Sequence[float], confidences: Sequence[float]) -> Iterator[tuple[int, float]]:
    """(answers kept, sum of their losses), within equal confidences the mean over their orders."""
    ranked = sorted(zip(confidences, losses, strict=True), key=lambda pair: -pair[0])
    kept, total = 0, 0.0
    for _, group in groupby(ranked, key=lambda pair: pair[0]):
        same = [loss for _, loss in group]
        mean = sum(same) / len(same)
        for _ in same:
            kept, total = kept + 1, total + mean
            yield kept, total
