"""省问 ShengWen: ask government work reports, get the answer with the exact excerpt that carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.errors import AssistantError
    from assistant.types import Answer, Citation, Document, Fact, Hit, Passage, Span

__all__ = ["Answer", "Assistant", "AssistantError", "Citation", "Document", "Fact", "Hit", "Passage", "Span"]
__version__ = "0.1.0"

_HOMES = {"Assistant": "assistant.assistant", "AssistantError": "assistant.errors"}


def __getattr__(name: str) -> Any:
    """Import on first use: ``import assistant`` stays light."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "assistant.types")), name)
