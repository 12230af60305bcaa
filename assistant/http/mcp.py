"""The MCP server that Gradio makes of the named endpoints, with two of its habits mended."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import Any

from assistant.errors import SettingsError


def require_mcp(*, auth: bool) -> None:
    """Refuse what would fail only at the first call.

    :raises SettingsError: the package is missing, or passwords are set, which no MCP client can give to Gradio.
    """
    if find_spec("mcp") is None:
        raise SettingsError("the MCP server needs the package 'mcp': pip install 'shengwen[mcp]'")
    if auth:
        raise SettingsError(
            "--mcp and --auth exclude each other: Gradio's MCP server has no login; "
            "serve it to this machine alone, or behind a proxy that asks for a password"
        )


def mend_mcp(server: Any, address: str | None) -> None:
    """Give results as JSON, and call the endpoints at our own address.

    Gradio writes results as Python prints them, which no other program reads. And it calls its own endpoints over HTTP
    at whatever host the first request named, so that one forged header would send everybody's questions elsewhere.
    """

    def told(data: list[Any], root_url: str) -> list[Any]:
        texts = (json.dumps(value, ensure_ascii=False) for value in data)
        return [server.types.TextContent(type="text", text=text) for text in texts]

    server.postprocess_output_data = told
    if address is not None:
        server._local_url = address
