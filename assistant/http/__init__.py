"""The HTTP API, on the same port as the chat page."""

from assistant.http.app import build_app, serve

__all__ = ["build_app", "serve"]
