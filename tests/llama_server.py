"""A real small model behind llama.cpp's own OpenAI-compatible server, in a process of its own.

``python llama_server.py WEIGHTS`` prints the server's address and serves until its standard input is closed.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def llama(weights: Path) -> Iterator[str]:
    """The address of a server of these weights."""
    command = [sys.executable, __file__, str(weights)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            address = process.stdout.readline().decode().strip()
            if not address.startswith("http://127.0.0.1:"):
                raise RuntimeError("llama.cpp did not start")
            yield address
        finally:
            process.kill()  # llama.cpp finishes what it writes before it listens to anybody


def serve(weights: str) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.n_ctx = 4096
    params.n_parallel = 1
    params.port = 0
    params.warmup = False
    params.verbosity = 0
    # One thread: several wait for each other in a spin, which on a busy machine takes ten times as long.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    serve(sys.argv[1])
