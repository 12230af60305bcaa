"""The built index: SQLite truth, words, vectors, generations."""

from assistant.store.check import info, verify
from assistant.store.embeddings import Model
from assistant.store.layout import Manifest
from assistant.store.reader import Store
from assistant.store.segment import Segmenter
from assistant.store.truth import Parsed
from assistant.store.upgrade import held_documents
from assistant.store.writer import Writer

__all__ = ["Manifest", "Model", "Parsed", "Segmenter", "Store", "Writer", "held_documents", "info", "verify"]
