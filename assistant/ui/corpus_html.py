"""What is indexed, and how a change of it goes, as HTML made of escaped slices only; it knows nothing about Gradio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from assistant.types import Holding, Span
from assistant.ui.jobs import STAGES, Job
from assistant.ui.messages import Language, say
from assistant.ui.reader_html import place_of
from assistant.ui.reasons import plain_reason
from assistant.ui.seam import reading_button

_DIGEST = 8
"""Characters of a checksum shown; the whole is in its title."""
_PROBLEMS = 5
"""Parts of a file that were not read, told one by one; of the others the number."""


def render_store(info: Mapping[str, Any], language: Language) -> str:
    """The store as a whole: which generation, of when, with which model."""
    model, counts = info["model"], info["counts"]
    when = str(info["created"])[:16].replace("T", " ")
    told = (
        (
            "corpus_counts",
            say(language, "corpus_counts_of", **{k: f"{counts[k]:,}" for k in ("documents", "passages", "facts")}),
        ),
        ("corpus_generation", say(language, "corpus_generation_of", n=info["generation"], when=f"{when} UTC")),
        ("corpus_model", say(language, "corpus_model_of", **{**model, "fingerprint": model["fingerprint"][:12]})),
        ("corpus_size", f"{(info['bytes'] + info['embeddings_bytes']) / 1e6:,.0f} MB"),
    )
    rows = "".join(f"<div><dt>{escape(say(language, key))}</dt><dd>{escape(value)}</dd></div>" for key, value in told)
    return f'<dl class="sw-v-store">{rows}</dl>'


def render_contents(holdings: Sequence[Holding], language: Language, *, manage: bool) -> str:
    """The documents as a table, those added by name; with boxes to choose them where they may be removed."""
    heads = [
        "corpus_title",
        "province",
        "year",
        "corpus_characters",
        "corpus_passages",
        "corpus_figures",
        "corpus_digest",
    ]
    head = "".join(f'<th scope="col"{_numeric(key)}>{escape(say(language, key))}</th>' for key in heads)
    choose = escape(say(language, "corpus_choose_all"))
    box = f'<th><input type="checkbox" class="sw-v-all" aria-label="{choose}"></th>' if manage else ""
    body = "".join(_holding(h, language, manage=manage) for h in sorted(holdings, key=lambda h: (-(h.year or 0), h.id)))
    return (
        f'<table class="sw-v-contents"><thead><tr>{box}{head}<th><span class="sw-v-hidden">'
        f"{escape(say(language, 'corpus_read'))}</span></th></tr></thead><tbody>{body}</tbody></table>"
    )


def _numeric(key: str) -> str:
    return ' class="sw-v-number"' if key in ("corpus_characters", "corpus_passages", "corpus_figures") else ""


def _holding(holding: Holding, language: Language, *, manage: bool) -> str:
    title = holding.title or holding.id
    place = escape(place_of(holding, language)) or _unknown(language)
    year = str(holding.year) if holding.year is not None else _unknown(language)
    label = escape(say(language, "corpus_choose", title=title))
    box = (
        f'<td><input type="checkbox" name="doc" value="{escape(holding.id)}" aria-label="{label}"></td>'
        if manage
        else ""
    )
    name = f"<small>{escape(holding.id)}</small>" if holding.id != title else ""
    counted = {"characters": holding.characters, "passages": holding.passages, "figures": holding.figures}
    numbers = "".join(
        f'<td class="sw-v-number" data-label="{escape(say(language, f"corpus_{name}"))}">{n:,}</td>'
        for name, n in counted.items()
    )
    digest = escape(say(language, "corpus_digest_of", digest=holding.sha256))
    read = reading_button(Span(holding.id, 0, 0), say(language, "corpus_read"), css="sw-v-link")
    return (
        f'<tr>{box}<td class="sw-v-cell-title"><span>{escape(title)}</span>{name}</td><td>{place}</td><td>{year}</td>{numbers}'
        f'<td><code title="{digest}">{holding.sha256[:_DIGEST]}</code></td><td>{read}</td></tr>'
    )


def _unknown(language: Language) -> str:
    return f'<span class="sw-v-unknown">{escape(say(language, "corpus_unknown_place"))}</span>'


def render_job(job: Job, language: Language, *, holdings: Mapping[str, Holding]) -> str:
    """A change: its stages, the time left, and each of its files.

    :param holdings: what is held now, to tell what was recognised of a file that was added.
    """
    title = escape(say(language, f"job_{job.kind}", n=len(job.files)))
    end = "" if job.state == "running" else f'<p class="sw-v-job-end">{escape(_end(job, language))}</p>'
    stages = _stages(job, language) if job.state == "running" else ""
    files = "".join(_file(name, job, language, holdings) for name in job.files) if job.kind == "add" else ""
    key, css = ("corpus_stop", "sw-v-stop") if job.state == "running" else ("corpus_dismiss", "sw-v-dismiss")
    button = f'<button type="button" class="{css}">{escape(say(language, key))}</button>'
    listed = f'<ul class="sw-v-files">{files}</ul>' if files else ""
    return (
        f'<section class="sw-v-job sw-v-{job.state}" data-job="{job.number}"><header><h3>{title}</h3>{button}</header>'
        f"{end}{stages}{listed}</section>"
    )


def _end(job: Job, language: Language) -> str:
    if job.files and job.outcome is not None and len(job.outcome.failures) == len(job.files):
        return say(language, "job_nothing")
    if job.state == "done":
        return say(language, "job_done", n=job.outcome.generation if job.outcome else "")
    if job.state == "stopped":
        return say(language, "job_stopped")
    return say(language, "job_failed", why=plain_reason(job.why, language))


def _stages(job: Job, language: Language) -> str:
    at = STAGES.index(job.stage) if job.stage in STAGES else -1
    steps = []
    for i, stage in enumerate(STAGES):
        state = "past" if i < at else "now" if i == at else "next"
        steps.append(f'<li class="sw-v-{state}"><span>{escape(say(language, f"stage_{stage}"))}</span></li>')
    share = f"{100 * job.done / job.total:.0f}" if job.total else "0"
    count = f"{job.done:,} / {job.total:,}" if job.total > 1 else ""
    told = " · ".join(part for part in (say(language, f"stage_{job.stage}"), count, _left(job, language)) if part)
    return (
        f'<ol class="sw-v-stages">{"".join(steps)}</ol><div class="sw-v-progress" role="progressbar" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{share}" aria-label="{escape(say(language, f"stage_{job.stage}"))}">'
        f'<span style="width:{share}%"></span></div><p class="sw-v-note">{escape(told)}</p>'
    )


def _left(job: Job, language: Language) -> str:
    if job.stage != "embed" and job.total <= 1:
        return ""
    if job.left is None:
        return say(language, "job_estimating") if job.done < job.total else ""
    seconds = max(1, round(job.left))
    amount = ("job_seconds", seconds) if seconds < 90 else ("job_minutes", round(seconds / 60))
    return say(language, "job_left", time=say(language, amount[0], n=amount[1]))


def _file(name: str, job: Job, language: Language, holdings: Mapping[str, Holding]) -> str:
    css, told = _file_state(name, job, language, holdings)
    return f'<li class="sw-v-file-{css}"><span>{escape(name)}</span><span>{escape(told)}</span></li>'


def _file_state(name: str, job: Job, language: Language, holdings: Mapping[str, Holding]) -> tuple[str, str]:
    if job.outcome is not None and name in job.outcome.failures:
        return "failed", plain_reason(job.outcome.failures[name], language)
    if job.state == "running":
        read = job.stage != "documents" and job.stage in STAGES
        return "waiting", say(language, "file_read" if read else "file_reading")
    if job.state != "done" or job.outcome is None:
        return "stopped", say(language, "file_stopped")
    ids = job.outcome.documents.get(name, ())
    parts = [say(language, "file_replaced" if name in job.outcome.replaced else "file_added")]
    parts += _recognised([holdings[i] for i in ids if i in holdings], language)
    parts += _partly(job.outcome.problems.get(name, ()), language)
    return "done", " · ".join(part for part in parts if part)


def _recognised(held: list[Holding], language: Language) -> Iterator[str]:
    """What was made of a file: of one document where and when it is of, of several how many."""
    if len(held) == 1:
        yield place_of(held[0], language)
        yield say(language, "year_of", year=held[0].year) if held[0].year else ""
    elif held:
        yield say(language, "file_documents", n=len(held))
    if held:
        yield say(language, "read_characters", n=f"{sum(h.characters for h in held):,}")
        yield say(language, "read_figures", n=sum(h.figures for h in held))
    if any(h.year is None or not (h.provinces or h.province) for h in held):
        yield say(language, "file_unplaced")


def _partly(problems: Sequence[tuple[str, str]], language: Language) -> Iterator[str]:
    """What of a file was not read, the first few parts by name."""
    for part, reason in problems[:_PROBLEMS]:
        why = plain_reason(reason, language)
        yield say(language, "file_partly", why=say(language, "file_part", part=part, why=why) if part else why)
    if len(problems) > _PROBLEMS:
        yield say(language, "file_more_problems", n=len(problems) - _PROBLEMS)
