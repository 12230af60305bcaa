"""The MCP server that Gradio makes of the named endpoints, with some of its habits mended."""

from __future__ import annotations

import copy
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


def mend_mcp(server: Any) -> None:
    """Give results as JSON, and work out what a tool is asked within the request that asks.

    Gradio writes results as Python prints them, which no other program reads. And it sends what is asked through its own
    endpoints over HTTP, at whatever host the first request named: one forged header would send everybody's questions
    elsewhere, and none of them would hear that its client has gone. What needs no queue it calls directly; here the
    requests themselves have waited for their turn.
    """

    def told(data: list[Any], root_url: str) -> list[Any]:
        texts = (json.dumps(value, ensure_ascii=False) for value in data)
        return [server.types.TextContent(type="text", text=text) for text in texts]

    find = server.get_block_fn_from_endpoint_name

    def directly(endpoint: str) -> Any:
        if (found := copy.copy(find(endpoint))) is not None:
            found.queue = False
        return found

    server.postprocess_output_data = told
    server.get_block_fn_from_endpoint_name = directly
