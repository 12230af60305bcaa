"""Retrieval measures per question, through ir_measures. It knows ids and grades, no passages and no labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Qrels = Mapping[str, Mapping[str, int]]
"""Question id → item id → grade; above 0 is relevant."""
Run = Mapping[str, Sequence[str]]
"""Question id → item ids, best first."""
MEASURES = ("R@1", "R@5", "R@10", "RR@10", "nDCG@10", "AP")


def ranking_rows(qrels: Qrels, run: Run, measures: Sequence[str] = MEASURES) -> dict[str, dict[str, float]]:
    """Question id → measure → value, for every judged question that has something relevant.

    A judged question that the run lacks scores 0; one of the run that nobody judged is left out; of an item that a run
    ranks twice the first place counts.
    """
    import ir_measures

    judged = {
        q: {d: int(g) for d, g in grades.items()} for q, grades in qrels.items() if max(grades.values(), default=0) > 0
    }
    rows = {q: dict.fromkeys(measures, 0.0) for q in judged}
    ranked = {q: _scores(run[q]) for q in judged if run.get(q)}
    if not ranked:
        return rows
    for value in ir_measures.iter_calc([ir_measures.parse_measure(m) for m in measures], judged, ranked):
        rows[value.query_id][str(value.measure)] = float(value.value)
    return rows


def _scores(items: Sequence[str]) -> dict[str, float]:
    """Strictly falling scores, so that the evaluator keeps our order and has no ties to break."""
    distinct = list(dict.fromkeys(items))
    return {item: float(len(distinct) - i) for i, item in enumerate(distinct)}
