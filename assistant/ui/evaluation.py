"""The evaluation view: the last reports with their plots, and the questions that failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from assistant.evaluation.kept import Kept, failed_rows, group_of, read_kept
from assistant.evaluation.publishing import results_dir
from assistant.ui.evaluation_html import name_of, render_failures, render_report
from assistant.ui.messages import Language, say
from assistant.ui.mounting import ViewRequest, mount, options, templates
from assistant.ui.seam import Context, View

if TYPE_CHECKING:
    from assistant.assistant import Assistant

SHOWN = 30
"""Failed questions shown at once."""


class ReportRequest(ViewRequest):
    """Which report; the latest if none."""

    report: str = ""


class FailuresRequest(ReportRequest):
    """Which of its failed questions, and how many are shown already."""

    type: str = ""
    lang: str = ""
    after: int = 0


class _Evaluation:
    """What the view's script may call."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def _kept(self, key: str) -> tuple[tuple[Kept, ...], Kept | None]:
        kept = read_kept(results_dir(), self._assistant.settings.reports)
        return kept, next((k for k in kept if k.key == key), kept[0] if kept else None)

    def report(self, wanted: ReportRequest) -> dict[str, Any]:
        """A report, and which others there are."""
        language = wanted.language
        kept, chosen = self._kept(wanted.report)
        if chosen is None:
            return {
                "reports": "",
                "report": "",
                "html": f'<p class="sw-v-none">{escape(say(language, "eval_none"))}</p>',
            }
        choices = [
            (k.key, say(language, "eval_option", set=k.told["set"], n=k.told["n"], date=k.date[:10])) for k in kept
        ]
        return {
            "reports": options(choices, chosen=chosen.key),
            "report": chosen.key,
            "html": render_report(chosen, language),
        }

    def failures(self, wanted: FailuresRequest) -> dict[str, Any]:
        """The failed questions of the report's first system."""
        language = wanted.language
        _, chosen = self._kept(wanted.report)
        rows = chosen.rows(next(iter(chosen.told["systems"]))) if chosen is not None else ()
        if not rows:
            return {"kept": False, "told": say(language, "eval_failed_unkept"), "html": "", "more": ""}
        failed = failed_rows(rows)
        fitting = [
            row
            for row in failed
            if wanted.type in ("", group_of(row, "type")) and wanted.lang in ("", group_of(row, "language"))
        ]
        shown = fitting[max(0, wanted.after) : max(0, wanted.after) + SHOWN]
        left = len(fitting) - max(0, wanted.after) - len(shown)
        return {
            "kept": True,
            "told": say(language, "eval_failed_count", n=len(fitting), total=len(rows))
            if fitting
            else say(language, "eval_failed_none"),
            "html": render_failures(shown, language),
            "shown": max(0, wanted.after) + len(shown),
            "more": say(language, "eval_more", n=min(left, SHOWN)) if left > 0 else "",
            "types": _choices(failed, "type", "eval_any_type", language, chosen=wanted.type),
            "langs": _choices(failed, "language", "eval_any_language", language, chosen=wanted.lang),
        }


def _choices(rows: tuple[Mapping[str, Any], ...], kind: str, every: str, language: Language, *, chosen: str) -> str:
    counts = Counter(name for row in rows if (name := group_of(row, kind)))
    named = [(name, f"{name_of(name, language)} ({n})") for name, n in counts.most_common()]
    return options([("", f"{say(language, every)} ({len(rows)})"), *named], chosen=chosen)


def _shell(language: Language) -> str:
    def word(key: str) -> str:
        return escape(say(language, key))

    return f"""<div class="sw-v-view sw-v-evaluation" data-language="{language}"{templates(language, {"lost": "view_lost"})}>
<p class="sw-v-view-notice" role="status" hidden></p><h2>{word("eval_title")}</h2>
<form class="sw-v-filters sw-v-report-form"><label class="sw-v-grow"><span>{word("eval_report")}</span><select name="report"></select></label></form>
<div class="sw-v-report-box"></div>
<section class="sw-v-failures" hidden><h2>{word("eval_failed")}</h2><form class="sw-v-filters sw-v-failure-form">
<label><span>{word("eval_type")}</span><select name="type"></select></label>
<label><span>{word("eval_language")}</span><select name="lang"></select></label><p class="sw-v-count" role="status"></p></form>
<ol class="sw-v-failure-list"></ol><button type="button" class="sw-v-more" hidden></button></section></div>"""


def _build(gr: Any, context: Context) -> None:
    evaluation = _Evaluation(context.assistant)
    functions: Mapping[type[ViewRequest], Any] = {
        ReportRequest: evaluation.report,
        FailuresRequest: evaluation.failures,
    }
    mount(gr, context, "evaluation", shell=_shell, functions=functions)


EVALUATION = View("evaluation", "tab_evaluation", _build)
