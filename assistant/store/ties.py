"""The best k with ties broken by row, whatever order an engine gives equal scores in."""

from __future__ import annotations

from collections.abc import Callable

Scored = list[tuple[int, float]]


def best(k: int, fetch: Callable[[int], Scored], *, at_least: int = 0) -> Scored:
    """The k best of what ``fetch(limit)`` returns best first, lower rows first among equal scores.

    Asks for more as long as the cut falls between equal scores.

    :param at_least: how many are asked for at once, where more cost nothing and asking again does.
    """
    limit = max(k + 1, at_least)
    while True:
        found = fetch(limit)
        if len(found) < limit or found[-1][1] < found[k - 1][1]:
            return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]
        limit *= 4
