"""The built index: SQLite truth, words, vectors, generations."""

from assistant.store.backup import backup
from assistant.store.check import info, verify
from assistant.store.embeddings import Model
from assistant.store.layout import Manifest
from assistant.store.milvus import Milvus, open_server
from assistant.store.reader import Store
from assistant.store.restore import restore
from assistant.store.salvage import salvage
from assistant.store.segment import Segmenter
from assistant.store.truth_writer import Parsed
from assistant.store.writer import Writer

__all__ = [
    "Manifest",
    "Milvus",
    "Model",
    "Parsed",
    "Segmenter",
    "Store",
    "Writer",
    "backup",
    "info",
    "open_server",
    "restore",
    "salvage",
    "verify",
]
