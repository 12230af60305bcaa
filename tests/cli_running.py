"""What the tests of the command line share: running it in this process or in one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from assistant.cli import main

QUESTION = "山东2022年高新技术企业要达到多少家？"


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run_with(capsys, store=None):
    """A function that runs a command over a store and gives its status, stdout and stderr."""

    def run(*arguments: Any) -> Ran:
        capsys.readouterr()
        options = [] if store is None else ["--store", str(store)]
        status = main([*map(str, arguments), *options])
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


def run_alone(*arguments: Any, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "assistant.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, **options)
