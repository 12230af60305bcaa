"""The MCP server that Gradio makes of the named endpoints, with some of its habits mended."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import Any

from assistant.errors import SettingsError


def require_mcp() -> None:
    """Refuse what would fail only at the first call.

    :raises SettingsError: the package is missing.
    """
    if find_spec("mcp") is None:
        raise SettingsError("the MCP server needs the package 'mcp': pip install 'shengwen[mcp]'")


def mend_mcp(server: Any, address: str | None, token: str) -> None:
    """Give results as JSON, and call the endpoints at our own address, with a token that opens the door to them.

    Whoever calls a tool has passed the door already. Gradio writes results as Python prints them, which no other program reads. And it calls its own endpoints over HTTP
    at whatever host the first request named, so that one forged header would send everybody's questions elsewhere.
    """

    def told(data: list[Any], root_url: str) -> list[Any]:
        texts = (json.dumps(value, ensure_ascii=False) for value in data)
        return [server.types.TextContent(type="text", text=text) for text in texts]

    server.postprocess_output_data = told
    if address is None:
        return
    server._local_url = address

    def client() -> Any:
        if server._client_instance is None:
            from gradio_client import Client

            headers = {"x-gradio-user": "mcp", "authorization": f"Bearer {token}"}
            server._client_instance = Client(
                address, download_files=False, verbose=False, analytics_enabled=False, headers=headers
            )
        return server._client_instance

    server._get_or_create_client = client
