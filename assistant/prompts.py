"""Prompts: Markdown files with declared placeholders, checked before a language model sees them.

A file begins with front matter that names its placeholders, ``placeholders: question, evidence``; the line
``# system`` begins what the model is told to be, ``# user`` what it is asked; ``{{question}}`` stands for a value.
It knows nothing about questions, evidence or models.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import PromptError
from assistant.settings import data_dir

_FRONT = re.compile(r"---\n(?P<front>.*?)\n?---\n(?P<body>.*)", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PARTS = re.compile(r"\A\s*# system\n(?P<system>.*?)^# user\n(?P<user>.*)\Z", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told (``system``) and asked (``user``), with ``{{placeholders}}`` still open."""

    name: str
    placeholders: frozenset[str]
    system: str
    user: str

    def fill(self, **values: str) -> tuple[dict[str, str], ...]:
        """The two messages in OpenAI's shape. A value that looks like a placeholder stays as it is.

        :raises PromptError: a placeholder without a value, or a value without its placeholder.
        """
        for name in sorted(self.placeholders ^ values.keys()):
            problem = "has no value" if name in self.placeholders else "is not in the prompt"
            raise PromptError(
                f"{self.name}: the placeholder {name!r} {problem}: give exactly {_list(self.placeholders)}"
            )
        return (
            {"role": "system", "content": _filled(self.system, values)},
            {"role": "user", "content": _filled(self.user, values)},
        )


def load_prompt(name: str, *, placeholders: Iterable[str], folder: Path | None = None) -> Prompt:
    """The prompt of ``{name}.md`` in a folder (default: the shipped ``prompts``).

    :param placeholders: those that the program fills; the file must declare and use each of them, and no other.
    :raises PromptError: a file that is missing, unreadable or without its parts, an unknown or missing placeholder.
    """
    path = (data_dir("prompts") if folder is None else folder) / f"{name}.md"
    front, body = _read(path)
    known = frozenset(placeholders)
    declared = _declared(front, path.name)
    used = [m[1].strip() for m in _PLACEHOLDER.finditer(body)]
    for where, names in (("declares", declared), ("uses", used)):
        for unknown in sorted(set(names) - known):
            raise PromptError(f"{path.name} {where} the unknown placeholder {unknown!r}: {_nearest(unknown, known)}")
        for missing in sorted(known - set(names)):
            raise PromptError(f"{path.name} never {where} the placeholder {missing!r}: add {{{{{missing}}}}} to it")
    parts = _PARTS.match(body)
    if parts is None or not parts["system"].strip() or not parts["user"].strip():
        raise PromptError(f"{path.name} lacks a part: write the lines '# system' and '# user', each with text below")
    return Prompt(path.name, known, parts["system"].strip(), parts["user"].strip())


def _read(path: Path) -> tuple[str, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise PromptError(f"the prompt {path.name!r} is missing from {str(path.parent)!r}: put it back") from None
    except OSError as e:
        raise PromptError(f"the prompt {path.name!r} cannot be read: {e.strerror}; check its permissions") from None
    except UnicodeDecodeError as e:
        raise PromptError(f"the prompt {path.name!r} is not UTF-8 (byte {e.start}): save it again as UTF-8") from None
    found = _FRONT.fullmatch(text.replace("\r\n", "\n"))
    if found is None:
        raise PromptError(f"{path.name} has no front matter: begin it with ---, a line 'placeholders: …', and ---")
    return found["front"], found["body"]


def _declared(front: str, file: str) -> list[str]:
    names: list[str] | None = None
    for line in front.split("\n"):
        key, colon, value = line.partition(":")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if key.strip() != "placeholders" or not colon:
            raise PromptError(
                f"{file}: the front matter has the unknown key {key.strip()!r}; the one known is 'placeholders'"
            )
        names = [name.strip() for name in value.split(",") if name.strip()]
    if names is None:
        raise PromptError(f"{file}: the front matter does not say its placeholders: add the line 'placeholders: …'")
    for name in names:
        if not _NAME.fullmatch(name):
            raise PromptError(f"{file}: {name!r} is no placeholder's name: use small letters, digits and underscores")
    return names


def _filled(template: str, values: dict[str, str]) -> str:
    """In one pass, so that nothing inside a value is ever filled."""
    return _PLACEHOLDER.sub(lambda m: values[m[1].strip()], template)


def _nearest(name: str, known: frozenset[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.0)
    return f"the nearest known one is {near[0]!r}" if near else "remove it"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
