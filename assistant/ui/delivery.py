"""What an action gives the reader, as the value that the page's script takes: a file, a text to copy, a sentence."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from assistant.types import Answer
from assistant.ui.messages import say
from assistant.ui.render import copied_text
from assistant.ui.seam import Acted, Action, Copied, Download, Told
from assistant.ui.sheets import table_file


def delivered(result: Download | Copied | Told) -> dict[str, Any]:
    """The result for the browser; the key makes every one new."""
    key = secrets.token_hex(6)
    if isinstance(result, Download):
        content = base64.b64encode(result.content).decode("ascii")
        return {"kind": "download", "name": result.name, "type": result.media_type, "content": content, "key": key}
    if isinstance(result, Copied):
        return {"kind": "copy", "text": result.text, "key": key}
    return {"kind": "tell", "text": result.text, "key": key}


def _copy(assistant: Any, acted: Acted) -> Copied:
    return Copied(copied_text(acted.answer))


def _table(assistant: Any, acted: Acted) -> Download | Told:
    made = table_file(acted.answer, acted.data.get("format", ""), acted.language)
    return made if made is not None else Told(say(acted.language, "broken"))


def _nothing(answer: Answer, language: Any) -> str:
    return ""


OWN_ACTIONS = (Action("copy", _nothing, _copy), Action("table", _nothing, _table))
"""Those whose buttons stand elsewhere than in the row of actions."""
