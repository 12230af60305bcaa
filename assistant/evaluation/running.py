"""Systems on a question set: ask, score each answer, gather."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.assistant import Assistant
from assistant.evaluation.gold import Gold, resolve
from assistant.evaluation.questions import read_questions
from assistant.evaluation.scoring import Row, score_answer
from assistant.evaluation.systems import Timed, open_systems, timed


@dataclass(frozen=True, slots=True)
class Scored:
    gold: Gold
    timed: Timed
    row: Row


@dataclass(frozen=True, slots=True)
class SetReport:
    name: str
    systems: dict[str, tuple[Scored, ...]]

    def render(self, *, failures: bool = False) -> str:
        lines = []
        for system, scored in self.systems.items():
            totals: dict[str, list[float]] = {}
            for s in scored:
                for measure, (got, of) in s.row.items():
                    t = totals.setdefault(measure, [0.0, 0.0, 0])
                    t[0] += got
                    t[1] += of
                    t[2] += of > 0
            lines.append(f"== {system}: {len(scored)} questions")
            for measure, (got, of, n) in totals.items():
                value = f"{got / of:.3f}" if of else "   - "
                lines.append(f"  {measure:20} {value}  n={n:.0f}")
            times = sorted(s.timed.ms for s in scored)
            lines.append(f"  ask_ms p50 {times[len(times) // 2]:.1f}  p95 {times[int(len(times) * 0.95)]:.1f}")
            if failures:
                lines += [line for s in scored if s.row["score"][0] < 1 for line in _failure(s)]
        return "\n".join(lines) + "\n"


def _failure(s: Scored) -> list[str]:
    q, a = s.gold.question, s.timed.answer
    cites = " | ".join(f"{c.province}/{c.year}/{c.period}: {c.quote}" for c in a.citations[:6])
    return [
        f"-- {q.id} [{q.kind}] {s.row['score'][0]:.2f}  {' → '.join([*q.history, q.question])}",
        f"   want {list(q.answers)} {list(q.provinces)} {q.period} {q.why or ''}",
        f"   got  {a.status}/{a.reason} {a.intent} short={a.short!r} provinces={list(a.provinces)}",
        f"   understood {a.understood}",
        f"   text {a.text[:300]!r}",
        f"   cites {cites}",
    ]


def run_set(
    assistant: Assistant,
    path: Path,
    *,
    systems: Sequence[str] = ("full",),
    split: str | None = None,
    types: Sequence[str] = (),
) -> SetReport:
    questions = [q for q in read_questions(path, split) if not types or q.type in types]
    golds = resolve(questions, assistant.documents())
    aliases = {p.name: (p.english, p.full) for p in assistant.lexicon.provinces}
    out = {}
    for name, ask in open_systems(systems, assistant).items():
        scored = []
        for gold in golds:
            t = timed(ask, gold.question)
            scored.append(Scored(gold, t, score_answer(gold, t.answer, aliases)))
        out[name] = tuple(scored)
    return SetReport(path.stem, out)
