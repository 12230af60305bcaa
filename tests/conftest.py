"""What all tests share. No test uses the network, sleeps, or asserts a time; each can fail.

The real facade over the shipped corpus is built once (`assistant`); it shares prepared models with the user's cache,
which spares a minute, and nothing else. Tests that change a store make their own in `tmp_path`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

for _name in [n for n in os.environ if n.startswith("SHENGWEN_")]:
    del os.environ[_name]  # a developer's settings are not the program's
os.environ["HF_HUB_OFFLINE"] = "1"
settings.register_profile("untimed", deadline=None)  # how long an example takes is the machine's business
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The real facade over the real shipped corpus. Read only."""
    from assistant.assistant import Assistant
    from assistant.settings import Settings

    opened = Assistant.open(settings=Settings(store=tmp_path_factory.mktemp("shipped") / "store"))
    yield opened
    opened.close()


@pytest.fixture
def store_dir(assistant) -> Path:
    """The folder of the store that `assistant` reads, for what opens it by itself."""
    return assistant.settings.store_dir
