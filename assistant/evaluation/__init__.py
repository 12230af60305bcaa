"""Measures, sets and systems: how good the answers are, and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.evaluation.report import Report
    from assistant.evaluation.running import Request, evaluate

__all__ = ["Report", "Request", "evaluate"]

_HOMES = {"Report": "report", "Request": "running", "evaluate": "running"}


def __getattr__(name: str) -> Any:
    """Import on first use: the speed bench beside it must not load what it measures."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"assistant.evaluation.{_HOMES[name]}"), name)
