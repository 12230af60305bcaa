"""What reaches the terminal: JSON and text on stdout, one-line notes and progress on stderr, in the user's language."""

from __future__ import annotations

import json
import locale
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from assistant.errors import (
    AssistantError,
    BundleError,
    ClusterError,
    CorpusError,
    EvalDataError,
    LanguageModelError,
    LexiconError,
    ModelUnavailable,
    PromptError,
    QuestionError,
    SettingsError,
    StoreError,
    StoreMissing,
    StoreStale,
)
from assistant.text import has_cjk, printable
from assistant.types import Progress

if TYPE_CHECKING:
    from rich.console import Console

Language = Literal["zh", "en"]

_STAGES = {
    "model": ("准备模型（仅首次）", "preparing the model (once)"),
    "documents": ("读取文档", "reading documents"),
    "embed": ("计算向量", "embedding passages"),
    "vectors": ("写入向量", "writing vectors"),
    "words": ("词语索引", "indexing words"),
    "sync": ("写入磁盘", "writing to disk"),
    "switch": ("启用", "switching over"),
}
_KINDS: tuple[tuple[type[AssistantError], str], ...] = (
    (QuestionError, "问题无法处理"),
    (SettingsError, "设置有误"),
    (CorpusError, "文档无法读取"),
    (LexiconError, "词表有误"),
    (PromptError, "提示词有误"),
    (StoreMissing, "还没有索引库"),
    (StoreStale, "索引库需要重建"),
    (StoreError, "索引库出错"),
    (ClusterError, "集群出错"),
    (ModelUnavailable, "向量模型不可用"),
    (LanguageModelError, "语言模型出错"),
    (EvalDataError, "评测数据有误"),
    (BundleError, "不是可核验的答案包"),
)
_language: Language = "en"


def use_language(arguments: Sequence[str]) -> None:
    """Speak Chinese where the arguments or the locale do."""
    global _language
    named = next((os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), None)
    place = named if named is not None else locale.getlocale()[0] or ""
    chinese = place.lower().startswith(("zh", "chinese")) or any(has_cjk(a) for a in arguments)
    _language = "zh" if chinese else "en"


def say(chinese: str, english: str) -> str:
    """The one of two wordings that the user reads."""
    return chinese if _language == "zh" else english


def language() -> Language:
    """The one that the user reads."""
    return _language


def prepare_streams() -> None:
    """UTF-8 into files and pipes whatever the system's encoding; no output may fail on a character."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if not hasattr(stream, "reconfigure"):
            continue
        if stream is sys.stdin:
            stream.reconfigure(errors="surrogateescape")
        elif stream.isatty() or "PYTHONIOENCODING" in os.environ:
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def clean(text: str) -> str:
    """The text without characters that would steer the terminal: a document must not."""
    return printable(text)


def console() -> Console:
    """Where text for people goes; without colours where it is not a terminal."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)


def write_json(value: Any, out: Path | None = None) -> None:
    """One JSON document on stdout, or in a file."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        with opened(out) as f:
            f.write(text.encode())


@contextmanager
def opened(out: Path | None) -> Iterator[IO[bytes]]:
    """A file to write bytes to, or stdout.

    :raises SettingsError: the file cannot be written.
    """
    if out is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        return
    try:
        with out.open("wb") as f:
            yield f
    except OSError as e:
        raise SettingsError(f"cannot write {str(out)!r}: {e.strerror or e}; name another file") from None


def write_line(text: str = "") -> None:
    """One line of text on stdout."""
    sys.stdout.write(clean(text) + "\n")


def write_row(cells: Sequence[str]) -> None:
    """Cells with tabs between them on stdout."""
    sys.stdout.write("\t".join(clean(cell) for cell in cells) + "\n")


def note(text: str) -> None:
    """One line on stderr."""
    sys.stdout.flush()
    sys.stderr.write(clean(" ".join(text.split())) + "\n")
    sys.stderr.flush()


def explain(error: AssistantError | str) -> str:
    """A failure in one line, in Chinese with the kind of failure in front."""
    kind = next((word for known, word in _KINDS if isinstance(error, known)), "")
    return say(f"错误{f'（{kind}）' if kind else ''}：{error}", f"error: {error}")


@contextmanager
def progress() -> Iterator[Progress]:
    """What reports stages on stderr: bars with the time left on a terminal, else a line when a longer stage begins."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage_name(stage), total=total or None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield report


def stage_name(stage: str) -> str:
    """A stage in words."""
    return say(*_STAGES[stage]) if stage in _STAGES else stage


def _lines() -> Progress:
    told: dict[str, float] = {}

    def report(stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage in ("model", "embed") and total and (stage not in told or (now - told[stage] > 10 and done)):
            told[stage] = now
            note(f"{stage_name(stage)} {done}/{total}")

    return report
