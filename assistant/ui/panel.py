"""What stands below a list or a comparison: the map, the bars and the sortable table, and the buttons to take them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from assistant.types import Answer, Table
from assistant.ui.charts import State, Tile, bar_chart, tile_map
from assistant.ui.findings import FIGURE_COLUMN, Finding, findings_of, groups_of, numbers_in
from assistant.ui.holdings import Holdings
from assistant.ui.messages import Language, say
from assistant.ui.seam import action_button

MIN_BARS = 2
"""One bar alone compares nothing."""


def render_panel(answer: Answer, held: Holdings, *, language: Language, turn: int, mark: Callable[[int], str]) -> str:
    """The views of an answer's table, one of them open; empty without a table."""
    findings = findings_of(answer, held.lexicon)
    if not findings or answer.table is None:
        return ""
    title = answer.standalone_question
    bars = ""
    groups = groups_of(findings)
    if sum(len(g.findings) for g in groups) >= MIN_BARS:
        bars = bar_chart(groups, title, language=language, turn=turn)
    drawn = {
        "bars": bars,
        "map": tile_map(tiles_of(findings, answer, held), title, language=language, turn=turn),
        "table": _table(answer.table, findings, language=language, mark=mark),
    }
    kept = {name: html for name, html in drawn.items() if html}
    first = next(iter(kept))
    tabs = "".join(_tab(name, name == first, language) for name in kept)
    boxes = "".join(
        f'<div class="sw-box sw-box-{name}" data-view="{name}"{"" if name == first else " hidden"}>{html}</div>'
        for name, html in kept.items()
    )
    label = escape(say(language, "panel"))
    return (
        f'<section class="sw-all" aria-label="{label}" data-first="{first}"><div class="sw-all-head">'
        f'<div class="sw-segments" role="group" aria-label="{label}">{tabs}</div>{_takeaways(language)}</div>{boxes}</section>'
    )


def _tab(name: str, pressed: bool, language: Language) -> str:
    state = "true" if pressed else "false"
    label = escape(say(language, f"view_{name}"))
    return f'<button type="button" class="sw-segment" data-view="{name}" aria-pressed="{state}">{label}</button>'


def _takeaways(language: Language) -> str:
    """Tables come from the server; pictures are drawn by the browser from what it shows."""
    made = [
        action_button("table", say(language, f"take_{kind}"), css=f"sw-take sw-take-{kind}", format=kind)
        for kind in ("csv", "xlsx")
    ]
    made += [
        f'<button type="button" class="sw-picture sw-take sw-take-{kind}" data-format="{kind}">{label}</button>'
        for kind in ("svg", "png")
        for label in [escape(say(language, f"take_{kind}"))]
    ]
    label = escape(say(language, "take"))
    return f'<div class="sw-takeaways" role="group" aria-label="{label}"><span aria-hidden="true">{label}</span>{"".join(made)}</div>'


def tiles_of(findings: Sequence[Finding], answer: Answer, held: Holdings) -> list[Tile]:
    """A tile for each of the provincial units; one that no row is about was not asked about, or is not in the corpus."""
    rows: dict[str, list[Finding]] = {}
    for finding in findings:
        rows.setdefault(finding.province, []).append(finding)
    tiles = []
    for province in held.lexicon.provinces:
        about = rows.get(province.name, [])
        said = [f for f in about if f.said]
        held_too: State = "other" if province.name in held.provinces else "absent"
        state: State = "yes" if said else "no" if about else held_too
        told = "；".join(dict.fromkeys(f.value or f.cells[1] for f in said)) if said else ""
        tiles.append(Tile(province, state, told, said[0].citations[0].n if said else None))
    return tiles


def _table(table: Table, findings: Sequence[Finding], *, language: Language, mark: Callable[[int], str]) -> str:
    """The table with a button on every heading to sort by it; a click on any cell opens the row's quote."""
    head = "".join(
        f'<th scope="col" aria-sort="none"><button type="button" class="sw-sort">{escape(c)}</button></th>'
        for c in table.columns
    )
    rows = "".join(_row(f, table.citation_column, mark) for f in findings)
    label = escape(say(language, "view_table"))
    return (
        f'<div class="sw-table" tabindex="0" role="region" aria-label="{label}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(finding: Finding, column: int, mark: Callable[[int], str]) -> str:
    opens = f' class="sw-mark" data-n="{finding.citations[0].n}"' if finding.citations else ' class="sw-silent"'
    cells = "".join(_cell(finding, i, column, mark=mark) for i in range(len(finding.cells)))
    return f"<tr{opens}>{cells}</tr>"


def _cell(finding: Finding, i: int, column: int, *, mark: Callable[[int], str]) -> str:
    text = finding.cells[i]
    if i == column:
        marks = " ".join(mark(n) for n in numbers_in(text))
        return f'<td data-value="{finding.citations[0].n if finding.citations else 9999}">{marks}</td>'
    if i == 0:
        return f'<th scope="row">{escape(text)}</th>'
    if i == column - 1:
        return f'<td class="sw-cell-quote"><span>{escape(text)}</span></td>'
    value = f' data-value="{finding.figure.value:g}"' if finding.figure and i == FIGURE_COLUMN else ""
    return f"<td{value}>{escape(text)}</td>"
