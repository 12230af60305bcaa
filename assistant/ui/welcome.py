"""What an empty chat shows: what the page is, what it holds, what can be asked, and the conversations kept here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from assistant.lexicon import Province
from assistant.ui.charts import Tile, tile_map
from assistant.ui.conversation import title_of
from assistant.ui.messages import Language, say
from assistant.ui.seam import Asking, question_button


def render_header(language: Language) -> str:
    """The page's name and its switches."""
    themes = "".join(
        f'<button type="button" class="sw-theme" data-theme="{name}" aria-pressed="false" title="{label}">'
        f'<span class="sw-theme-{name}" aria-hidden="true"></span><span class="sw-hidden">{label}</span></button>'
        for name in ("light", "system", "dark")
        for label in [escape(say(language, f"theme_{name}"))]
    )
    return (
        f'<header class="sw-header" data-language="{language}" data-lost="{escape(say(language, "lost"))}" '
        f'data-copied="{escape(say(language, "done"))}"><h1>{escape(say(language, "title"))}</h1>'
        f'<div class="sw-switches"><button type="button" id="sw-clear" class="sw-switch">{escape(say(language, "clear"))}</button>'
        f'<button type="button" id="sw-switch" class="sw-switch" lang="{"en" if language == "zh" else "zh-CN"}">'
        f"{escape(say(language, 'switch'))}</button>"
        f'<div class="sw-themes" role="group" aria-label="{escape(say(language, "theme"))}">{themes}</div></div></header>'
    )


def render_welcome(
    info: dict[str, Any],
    examples: Sequence[str],
    kept: Sequence[dict[str, Any]],
    *,
    provinces: Sequence[Province],
    language: Language,
) -> str:
    """The empty chat."""
    asked = "".join(f"<li>{question_button(Asking(q), q, css='sw-example')}</li>" for q in examples)
    return (
        f'<div class="sw-welcome"><div class="sw-welcome-words"><p class="sw-tagline">{escape(say(language, "tagline"))}</p>'
        f'<p class="sw-holdings">{escape(_holdings(info, language))}</p>'
        f'<h2 class="sw-invitation">{escape(say(language, "examples"))}</h2><ul class="sw-examples">{asked}</ul>'
        f'{_past(kept, language)}</div><div class="sw-held">{_held(info, provinces, language)}</div></div>'
    )


def _held(info: dict[str, Any], provinces: Sequence[Province], language: Language) -> str:
    """The provincial units, those in the corpus filled."""
    held = set(info["provinces"])
    tiles = [Tile(p, "yes" if p.name in held else "absent") for p in provinces]
    return tile_map(tiles, say(language, "held"), language=language, turn=0, told="held") if tiles else ""


def _holdings(info: dict[str, Any], language: Language) -> str:
    years = info["years"]
    spanned = "–".join(str(y) for y in dict.fromkeys((min(years), max(years)))) if years else ""
    provinces, documents = len(info["provinces"]), info["counts"]["documents"]
    return say(language, "holdings", documents=documents, provinces=provinces, years=spanned).rstrip(" ·")


def _past(kept: Sequence[dict[str, Any]], language: Language) -> str:
    if not kept:
        return ""
    items = "".join(_kept(record, language) for record in kept)
    everything = escape(say(language, "forget_all"))
    return (
        f'<section class="sw-past"><div class="sw-past-head"><h2>{escape(say(language, "past"))}</h2>'
        f'<button type="button" class="sw-forget sw-forget-all" data-id="all">{everything}</button></div>'
        f'<p class="sw-past-where">{escape(say(language, "past_where"))}</p><ul>{items}</ul></section>'
    )


def _kept(record: dict[str, Any], language: Language) -> str:
    title, identifier = escape(title_of(record)), escape(record["id"])
    forget = escape(say(language, "forget", title=title_of(record)))
    many = escape(say(language, "questions", n=len(record["asked"])))
    return (
        f'<li><button type="button" class="sw-reopen" data-id="{identifier}"><span>{title}</span>'
        f'<small>{many}</small></button><button type="button" class="sw-forget" data-id="{identifier}" '
        f'aria-label="{forget}" title="{forget}">×</button></li>'
    )
