"""What every answer can be taken away as, and what a reader thinks of it: the page's side of ``assistant.takeaway``."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import TYPE_CHECKING, get_args

from assistant.takeaway.exchange import Exchange, conversation
from assistant.takeaway.export import Format, export
from assistant.takeaway.feedback import REASONS, record
from assistant.takeaway.plain import copy_text
from assistant.types import Answer
from assistant.ui.messages import Language, say
from assistant.ui.seam import Acted, Action, Copied, Download, Told, action_button

if TYPE_CHECKING:
    from assistant.assistant import Assistant

SCOPES = ("answer", "conversation")


def _render_take(answer: Answer, language: Language) -> str:
    rows = "".join(
        f'<li><span class="sw-away-of">{escape(say(language, f"take_{scope}"))}</span>{_kinds(scope, language)}</li>'
        for scope in SCOPES
    )
    cited = action_button("take", say(language, "take_cited"), form="cited") if answer.citations else ""
    return _more("take_away", f'<ul class="sw-away-list">{rows}</ul>{cited}', language)


def _kinds(scope: str, language: Language) -> str:
    return "".join(
        action_button("take", say(language, f"take_{form}"), form=form, scope=scope) for form in get_args(Format)
    )


def _take(assistant: Assistant, acted: Acted) -> Download | Copied | Told:
    form = acted.data.get("form", "")
    if form == "cited":
        return Copied(copy_text(acted.answer, assistant, accessed=date.today(), language=acted.language))
    known = next((f for f in get_args(Format) if f == form), None)
    if known is None:
        return Told(say(acted.language, "broken"))
    whole = acted.data.get("scope") == "conversation"
    exchanges = conversation(acted.answers) if whole else (Exchange(acted.answer, acted.history),)
    made = export(exchanges, known, source=assistant, accessed=date.today(), language=acted.language)
    return Download(made.name, made.media_type, made.data)


def _render_judge(answer: Answer, language: Language) -> str:
    return "".join(_form(verdict, language) for verdict in REASONS)


def _form(verdict: str, language: Language) -> str:
    """A form behind a button: why, from a short list, and a line of one's own."""
    reasons = REASONS["up" if verdict == "up" else "down"]
    options = [f'<option value="">{escape(say(language, "judge_none"))}</option>']
    options += [f'<option value="{name}">{escape(told[language])}</option>' for name, told in reasons.items()]
    label, comment = escape(say(language, "judge_reason")), escape(say(language, "judge_comment"))
    inside = (
        f'<form class="sw-act-form sw-judge" data-act="judge" data-verdict="{verdict}">'
        f'<label>{label}<select name="reason">{"".join(options)}</select></label>'
        f'<label>{comment}<input name="comment" maxlength="500" autocomplete="off"></label>'
        f'<button type="submit" class="sw-send">{escape(say(language, "judge_send"))}</button></form>'
    )
    return _more(f"judge_{verdict}", inside, language)


def _judge(assistant: Assistant, acted: Acted) -> Told:
    record(
        assistant,
        acted.answer,
        verdict=acted.data.get("verdict", ""),
        reason=acted.data.get("reason") or None,
        comment=acted.data.get("comment", ""),
        history=acted.history,
    )
    return Told(say(acted.language, "judge_kept"))


def _more(name: str, inside: str, language: Language) -> str:
    """What opens below a word of the row of tools."""
    return f'<details class="sw-away" name="sw-away"><summary class="sw-tool-away">{escape(say(language, name))}</summary><div class="sw-away-box">{inside}</div></details>'


TAKE, JUDGE = Action("take", _render_take, _take), Action("judge", _render_judge, _judge)
