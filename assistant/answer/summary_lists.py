"""What a report lists of itself: its targets in one sentence, points announced by their number, the parts of a part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answer.outline import bare, heading_span, parts_of
from assistant.answer.summary_scope import Scope, Topic, roles_meant
from assistant.text import fold, paragraphs, sentences, trim
from assistant.types import Section, Span

_ASKS_GOALS = re.compile(
    r"(?:预期|发展|主要|总体|宏观|各项)[^,。?]{0,6}(?:目标|指标)|目标(?:任务)?(?:都)?(?:有|是)(?:哪些|什么)|\b(?:headline|main|key|major|overall)\b[^.?]{0,30}\btargets?\b|\btargets? did\b|\bmain goals\b"
)
_GOALS = re.compile(
    r"(?:目标|指标)(?:任务)?(?:主要)?(?:是|为|包括|如下|有)?\s*[:：]|目标(?:任务)?是|\btargets (?:are|include)\b:?"
)
_ANNOUNCES_TASKS = re.compile(
    r"(?:重点|主要|着力|全力)?(?:做好|抓好|突出)[^，,。；;]{0,20}(?:工作|方面|任务|重点)\s*[：:。]?$"
)
_ASKS_HOW_MANY = re.compile(
    r"几(?:个|大|点|条)?(?:方面|项|条|点|件|部分)|哪(?:几|些)个?(?:方面|环节|部分)|\b(?:how many|which|what) (?:areas|fronts|strands)\b"
)
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九十")} | {"两": 2}
_ENGLISH = {w: i for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}
_CLASSIFIED = r"(?:个(?!月|百分点)|[大项件条类种]|方面|张|步|点)"
_COUNT = re.compile(
    rf"(?<![第之\d])([一二两三四五六七八九十]{{1,3}}|[1-9]\d?)\s*{_CLASSIFIED}|\b({'|'.join(_ENGLISH)})\b(?![- ]?years?)"
)
_ORDINALS = "一二三四五六七八九十"
FEW = 3
"""Parts from which a sentence is a list of targets."""
ABOUT = 0.5
"""Share of the topic that an announcement holds to be the one asked for."""


AT_ONCE = 2
"""Sentences behind an announcement among which the first of its points stands."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a report lists: the spans in order, and the section that they stand in."""

    spans: tuple[Span, ...]
    section: Section


# --- targets


def asks_for_goals(question: str, topic: Topic) -> bool:
    """Whether a question asks for a report's targets as such, not for those of one subject."""
    named = [w for t in (*topic.weights, *topic.missing) for w in t.wordings[:1]]
    return bool(_ASKS_GOALS.search(fold(question)) and all(_ASKS_GOALS.search(fold(w)) for w in named))


def goals(scope: Scope) -> list[Listed]:
    """Every target of the sentences that announce them, in the roles asked for; of other roles where there is none."""
    own = scope.narrowed(roles_meant(scope.inquiry))
    for part in dict.fromkeys((own, scope)):
        if found := [g for s in part.sections for g in _goals_of(part, s)]:
            return found
    return []


def _goals_of(scope: Scope, section: Section) -> Iterator[Listed]:
    text = scope.inquiry.store.document(section.span.doc_id).text
    for start, end in paragraphs(text, section.span.start, section.span.end):
        tiles = [trim(text, *t) for t in sentences(text, start, end)]
        for i, (a, b) in enumerate(tiles):
            announced = _GOALS.search(fold(text[a:b]))
            if announced is None or len(parts := targets_in(text, a + announced.end(), b)) < FEW:
                continue
            for rest in tiles[i + 1 :]:
                if not re.search(r"\d", text[slice(*rest)]) or _ANNOUNCES_TASKS.search(text[slice(*rest)]):
                    break
                parts += targets_in(text, *rest)
            yield Listed(tuple(Span(section.span.doc_id, *p) for p in parts), section)


def targets_in(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of a list: between semicolons, else between commas; a comma inside brackets or figures parts nothing."""
    mark = r"[；;]" if len(re.findall(r"[；;]", text[start:end])) >= FEW - 1 else r"[；;，]|,(?!\d)"
    depth, cuts = 0, [start]
    for i in range(start, end):
        depth += (text[i] in "（(“") - (text[i] in "）)”")
        if depth <= 0 and re.match(mark, text[i : i + 2]):
            cuts.append(i + 1)
    parts = [bare(text, a, b) for a, b in zip(cuts, [*cuts[1:], end], strict=True)]
    return [(a, b) for a, b in parts if any(c.isalnum() for c in text[a:b])]


# --- points announced by their number


def counts_in(text: str) -> list[int]:
    """Numbers of things that a text speaks of (六个方面, 10件实事, five actions), each once; one is no number of points."""
    found = [_value(m[1] or m[2]) for m in _COUNT.finditer(fold(text))]
    return [n for n in dict.fromkeys(found) if n > 1]


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    if number in _ENGLISH:
        return _ENGLISH[number]
    tens, ten, ones = number.partition("十")
    if not ten:
        return _DIGITS[number] if len(number) == 1 else 0
    return 10 * (_DIGITS.get(tens, 0) if tens else 1) + (_DIGITS.get(ones, 0) if ones else 0)


def announced(scope: Scope, topic: Topic, wanted: Sequence[int], within: Span | None = None) -> Listed | None:
    """The points of an announcement that names one of the numbers wanted and is followed by as many points.

    :param within: where the announcement stands, if that is known.

    Of several, the one whose announcement holds most of the topic, then of the roles asked for, then the first.
    """
    best: tuple[float, bool, Listed] | None = None
    roles = roles_meant(scope.inquiry)
    for section in scope.sections:
        text = scope.inquiry.store.document(section.span.doc_id).text
        for a, b in sentences(text, section.span.start, section.span.end):
            for n in counts_in(text[a:b]):
                rank = (topic.match(text[a:b]), section.period in roles)
                if within is not None and not within.overlaps(Span(section.span.doc_id, a, b)):
                    continue
                if n not in wanted or not (topic.is_general or rank[0] >= ABOUT):
                    continue
                end = _end_of_part(scope, section) if within is None else section.span.end
                spans = _points_behind(scope, section, (a, b), n=n, end=end)
                if not spans:
                    continue
                if best is None or rank > best[:2]:
                    best = (*rank, Listed(spans, section))
    return best[2] if best else None


def _points_behind(scope: Scope, section: Section, sentence: tuple[int, int], *, n: int, end: int) -> tuple[Span, ...]:
    """The n points behind an announcement: headed parts, numbered sentences, or sentences that begin alike.

    :param end: where numbered sentences are looked for at most.
    """
    document = scope.inquiry.store.document(section.span.doc_id)
    rest = trim(document.text, sentence[1], section.span.end)
    reach = (sentence[0], end)
    ways = [_numbered(document.text, reach, n), _alike(document.text, (sentence[1], section.span.end), n)]
    if rest[1] - rest[0] < 60:
        ways.insert(0, _headed(scope, section))
    for found in ways:
        if len(found) == n:
            return tuple(Span(document.id, a, b) for a, b in found)
    return ()


def _headed(scope: Scope, section: Section) -> list[tuple[int, int]]:
    """The headings of the parts directly below a section's own."""
    return [(s.start, s.end) for s in subheadings(scope, section)]


def subheadings(scope: Scope, section: Section) -> list[Span]:
    """Where the headings one level below a section's stand, in order."""
    document = scope.inquiry.store.document(section.span.doc_id)
    depth = len(section.heading)
    out = []
    for other in scope.inquiry.store.sections(document.id):
        below = other.heading[:depth] == section.heading and len(other.heading) == depth + 1
        below = below and other.period == section.period
        span = heading_span(document, other, other.heading[-1]) if below else None
        if span is not None and other.span.start > section.span.start:
            out.append(span)
    return out


def _end_of_part(scope: Scope, section: Section) -> int:
    """Where the run of sections of the same place and role ends."""
    end = section.span.end
    for other in scope.inquiry.store.sections(section.span.doc_id):
        if other.span.start == end and (other.province, other.period) == (section.province, section.period):
            end = other.span.end
    return end


def _numbered(text: str, reach: tuple[int, int], n: int) -> list[tuple[int, int]]:
    """What is numbered 一是, 二是 … or （一）, （二） … within reach, each with its first sentence."""
    end = reach[1]
    for style in ("{}是", "（{}）", "({})", "{}、", "第{}，"):
        starts, at = [], reach[0]
        for ordinal in _ORDINALS[:n]:
            at = text.find(style.format(ordinal), at, end)
            if at < 0:
                break
            starts.append(at)
        if len(starts) == n:
            bounds = zip(starts, [*starts[1:], end], strict=True)
            return [_first_part(text, a, b) for a, b in bounds]
    return []


def _first_part(text: str, start: int, end: int) -> tuple[int, int]:
    """From a number to the end of its sentence, or of the part that is its own."""
    a, b = trim(text, *sentences(text, start, end)[0])
    return parts_of(text, a, b)[0] if b > a else (start, end)


def _alike(text: str, rest: tuple[int, int], n: int) -> list[tuple[int, int]]:
    """The sentences behind an announcement that begin with the same two characters, if they are n and begin at once."""
    tiles = [trim(text, *t) for t in sentences(text, *rest)]
    groups: dict[str, list[tuple[int, int]]] = {}
    for a, b in tiles:
        groups.setdefault(text[a : a + 2], []).append((a, b))
    return next((g for g in groups.values() if len(g) == n and g[0] in tiles[:AT_ONCE]), [])


# --- the parts of a part


def asks_how_many(question: str) -> bool:
    """Whether a question asks in how many parts something is put, without saying the number."""
    return bool(_ASKS_HOW_MANY.search(fold(question)))


def leads(scope: Scope, topic: Topic) -> list[Span]:
    """The first points of the blocks behind one that announces the topic and says no more of it itself."""
    best = max(scope.blocks, key=lambda b: topic.match(b.lead), default=None)
    if best is None or topic.match(best.lead) < ABOUT or len(best.points) > FEW:
        return []
    behind = [b for b in scope.blocks if b.section.span == best.section.span and b.paragraph > best.paragraph]
    return [b.points[0] for b in behind if b.lead] if len(behind) >= FEW else []


def overview(scope: Scope) -> list[Listed]:
    """A whole part in its headings, or where it has none in the first point of each of its blocks."""
    own = scope.narrowed(roles_meant(scope.inquiry))
    out: list[Listed] = []
    for section in own.sections:
        if not section.heading:
            continue
        below = subheadings(own, section)
        if len(below) > 1:
            out.append(Listed(tuple(below), section))
        elif not any(section.heading[:-1] == other.section.heading for other in out):
            out += _openings(own, section)
    return out


def _openings(scope: Scope, section: Section) -> list[Listed]:
    blocks = [b for b in scope.blocks if b.section.span == section.span]
    every = len(blocks) <= FEW  # prose without leads: its sentences are its points
    spans = tuple(p for b in blocks for p in (b.points if every else b.points[:1]) if _says_something(scope, p))
    return [Listed(spans, section)] if spans else []


def _says_something(scope: Scope, point: Span) -> bool:
    """Not an address to the audience, not what only announces the next part."""
    text = scope.text(point)
    return len(text) > 10 and not text.endswith(("：", ":")) and not _ANNOUNCES_TASKS.search(text)
