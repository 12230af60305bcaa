"""Plain text, as it is."""

from __future__ import annotations

from assistant.corpus.decoding import decode
from assistant.corpus.readers.record import Reading, Record


def read(data: bytes, name: str) -> Reading:
    """:raises CorpusError: binary, or of an unknown encoding."""
    return Reading((Record(decode(data, name)),))
