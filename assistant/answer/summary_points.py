"""The points on a topic: sentences chosen by a fitted model, and the whole block where its lead is the topic.

The model looks at how much of the topic stands in the sentence, its block's lead and its heading, and at late
interaction of the question with the sentence and with the best of its block, each as the distance from the best found.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer.calibration import load_calibration
from assistant.answer.outline import Block
from assistant.answer.summary_scope import FIVE_YEARS, Scope, Topic, roles_meant
from assistant.types import Span

POINT_FEATURES = (
    "match", "lead", "heading", "block", "similarity", "content", "worst", "block_similarity", "block_content",
    "five_years",
)  # fmt: skip
MAX_POINTS = 12
MARGIN = 1.0
"""Log-odds below the best point down to which a sentence is on the topic (chosen on the development questions)."""
FEW = 2
FEW_MARGIN = 1.3
"""Where fewer than ``FEW`` points are that near, the next ones count down to this margin: an account has some points."""
LED = 0.5
"""Share of the topic in a lead from which its whole block belongs to the summary."""
MOST = 0.5
"""Share of a block's points from which the rest belongs to the summary too."""
OF_EACH = 4
"""Blocks of each province that are, where there are many provinces."""
FOUND = 0.9
"""How much of the topic's words it is worth that retrieval found a block: not quite all of them."""
ALONE = 0.8
"""Share of the best n points that a paragraph of n points holds to be the topic's own."""
CLOSE_READING = 32
"""Blocks that are compared with the question token by token: a report has some 100, and each costs milliseconds."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point with the log-odds of being on the topic, the share of the topic in it, and whether it is of five years unasked."""

    span: Span
    block: Block
    score: float
    match: float
    five_years: bool


def topic_points(scope: Scope, topic: Topic, blocks: Sequence[Block] | None = None) -> list[Point]:
    """Every point of the blocks worth reading (of all, or of those given), scored, in the order of the sources."""
    rows = point_rows(scope, topic, scope.blocks if blocks is None else blocks)
    model = load_calibration("points")
    return [Point(s, b, model.log_odds(f), f["match"], bool(f["five_years"])) for f, s, b in rows]


def point_rows(scope: Scope, topic: Topic, blocks: Sequence[Block]) -> list[tuple[dict[str, float], Span, Block]]:
    """The features of every point of the blocks worth reading, for fitting too."""
    rows: list[tuple[dict[str, float], Span, Block]] = []
    roles = roles_meant(scope.inquiry)
    for block in _worth_reading(scope, topic, blocks):
        found = [_of_point(scope, topic, span) for span in block.points]
        shared = {
            "lead": topic.match(block.lead),
            "heading": topic.match(block.section.heading[-1]) if block.section.heading else 0.0,
            "block": topic.match(scope.text(block.span)),
            "block_similarity": max(f["similarity"] for f in found),
            "block_content": max(f["content"] for f in found),
            "five_years": float(block.section.period in FIVE_YEARS and block.section.period not in roles),
        }
        rows += [(f | shared, span, block) for f, span in zip(found, block.points, strict=True)]
    for name in ("similarity", "content", "worst", "block_similarity", "block_content"):
        top = max((features[name] for features, _, _ in rows), default=0.0)
        for features, _, _ in rows:
            features[name] = 10 * (features[name] - top)
    return rows


def _of_point(scope: Scope, topic: Topic, span: Span) -> dict[str, float]:
    stretch = scope.stretch(span)
    similarity, content, worst = (stretch.similarity, stretch.content, stretch.worst) if stretch else (0.0, 0.0, 0.0)
    return {"match": topic.match(scope.text(span)), "similarity": similarity, "content": content, "worst": worst}


def _worth_reading(scope: Scope, topic: Topic, blocks: Sequence[Block]) -> Sequence[Block]:
    """All blocks, or of many those that hold most of the topic and those that retrieval found, in their order.

    Of several provinces each has its own, so that none is silent because others say more.
    """
    if len(blocks) <= CLOSE_READING:
        return blocks
    near = [c.passage.span for c in scope.inquiry.candidates]
    of_province: dict[str | None, list[tuple[float, int]]] = {}
    for i, block in enumerate(blocks):
        match = topic.match("".join((*block.section.heading[-1:], scope.text(block.span))))
        found = any(s.overlaps(block.span) for s in near)
        of_province.setdefault(block.section.province, []).append((match + FOUND * found, -i))
    share = max(OF_EACH, CLOSE_READING // len(of_province))
    best = (heapq.nlargest(share, weights) for weights in of_province.values())
    return [blocks[i] for i in sorted(-at for few in best for _, at in few)]


def chosen(points: Sequence[Point], topic: Topic, *, margin: float = MARGIN) -> list[Point]:
    """The points on the topic, best first: those near the best, and the blocks whose lead or most of whose points are."""
    if not points:
        return []
    scores = sorted((p.score for p in points), reverse=True)
    floor = scores[0] - margin
    lower = min(floor, max(scores[0] - FEW_MARGIN, scores[:FEW][-1]))
    best = max(points, key=lambda p: p.score).block
    good = {p.span for p in points if p.score >= (lower if p.match >= LED or p.block == best else floor)}
    blocks: dict[Span, list[Point]] = {}
    for p in points:
        blocks.setdefault(p.block.span, []).append(p)
    for members in blocks.values():
        held = sum(p.span in good for p in members)
        most = not topic.is_several and held >= MOST * len(members)
        if held and (most or topic.is_led_by(members[0].block.lead)):
            good |= {p.span for p in members}
    good |= {p.span for p in _paragraph_apart(points)} if not topic.is_several else set()
    return sorted((p for p in points if p.span in good), key=lambda p: (-p.score, p.span))


def _paragraph_apart(points: Sequence[Point]) -> list[Point]:
    """The paragraph whose points stand nearly alone at the head of the ranking: all of it is on the topic.

    Of a paragraph with n points most of the best n are its own. A long paragraph is of several topics, and where it is
    most of what there is, standing at the head says nothing.
    """
    ranked = sorted(points, key=lambda p: (-p.score, p.span))
    best = [p for p in points if p.block.part == ranked[0].block.part]
    n = len(best)
    if n > MAX_POINTS or 2 * n > len(points):
        return []
    own = sum(p.block.part == ranked[0].block.part for p in ranked[:n])
    return best if own >= ALONE * n else []


def probability(points: Sequence[Point]) -> float:
    """The fitted probability that the best of the points is on the topic; 0 without any."""
    return 1 / (1 + math.exp(-max(-60.0, *(p.score for p in points)))) if points else 0.0
