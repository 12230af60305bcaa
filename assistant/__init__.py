"""省问 ShengWen: ask government work reports, get the answer with the exact excerpt that carries it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.errors import AssistantError
    from assistant.types import Answer, Citation, Document, Fact, Hit, Passage, Span

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A question makes hundreds of small matrix products; cut into threads that wait for each other they took 10 ms each on
# a busy machine, 0.2 ms in one thread. Read when NumPy is first imported; who wants threads sets the variable.

__all__ = ["Answer", "Assistant", "AssistantError", "Citation", "Document", "Fact", "Hit", "Passage", "Span"]
__version__ = "0.1.0"

_HOMES = {"Assistant": "assistant.assistant", "AssistantError": "assistant.errors"}


def __getattr__(name: str) -> Any:
    """Import on first use: ``import assistant`` stays light."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "assistant.types")), name)
