"""Other programs' retrieval over the same passages with the same model: LlamaIndex, Haystack, txtai (extra ``peers``).

Each is set up as its own documentation does it, with its splitter left out: its nodes are the store's passages, in the
words in which this program indexes them (province and period in front), under the model's own prompts. So what differs
is what each does with the vectors. They only retrieve, and are judged by that alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from assistant.encoders import Model
from assistant.encoders.manifest import read_prepared
from assistant.errors import EvalDataError
from assistant.evaluation.timing import Clock
from assistant.passages import indexed_text
from assistant.store import Store
from assistant.types import Answer, Hit

HITS = 10
Found = Sequence[tuple[str, float]]
"""Ids of nodes with their scores, best first."""
Search = Callable[[str, int], Found]


class Peer:
    """Another program's retriever in the shape of a system."""

    def __init__(self, name: str, store: Store, model: Model) -> None:
        """:raises EvalDataError: the program is not installed."""
        self.clock = Clock()
        self._passages = store.passages()
        self._generation = store.generation
        texts = {str(i): indexed_text(p) for i, p in enumerate(self._passages)}
        _stay_offline()
        try:
            _be_quiet()
            self._search = PEERS[name](texts, model, self.clock)
        except ImportError as e:
            raise EvalDataError(
                f"the system {name!r} is not installed ({e}): install it with `pip install 'shengwen[peers]'`"
            ) from None

    def ask(self, question: str, history: Sequence[str]) -> Answer:
        """No answer of its own: what it retrieves for the question, together with the turns before it."""
        text = " ".join([*history, question])
        hits = self.search(text, HITS)
        return Answer(question, text, "", "fact", "declined", "not_stated", "-", hits=hits,
                      index_generation=self._generation)  # fmt: skip

    def search(self, text: str, k: int) -> tuple[Hit, ...]:
        """The best k passages, in its order."""
        found = self._search(text, k)
        return tuple(Hit(i, self._passages[int(node)], score, ("dense",)) for i, (node, score) in enumerate(found, 1))

    def first_sentence(self, text: str) -> str:
        """None: it finds passages."""
        return ""


def _stay_offline() -> None:
    """The model is a folder here; nothing needs to be looked up or reported."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")


def _be_quiet() -> None:
    """Three loads of one model need no three reports of it."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()


def _folder(model: Model) -> str:
    """The model as sentence-transformers reads it."""
    prepared = read_prepared(model.folder)
    return str(model.folder / (prepared.model if prepared else "sentence_transformer"))


def _llamaindex(texts: dict[str, str], model: Model, clock: Clock) -> Search:
    """``VectorStoreIndex`` over nodes, its own in-memory store, ``as_retriever``."""
    from llama_index.core import QueryBundle, VectorStoreIndex
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    encoder = HuggingFaceEmbedding(
        model_name=_folder(model), query_instruction=model.query_prompt, text_instruction=model.passage_prompt
    )
    index = VectorStoreIndex([TextNode(id_=name, text=text) for name, text in texts.items()], embed_model=encoder)
    encode = clock.around(encoder.get_query_embedding)

    def search(text: str, k: int) -> Found:
        retriever = index.as_retriever(similarity_top_k=k)
        return [(n.node.node_id, n.score) for n in retriever.retrieve(QueryBundle(text, embedding=encode(text)))]

    return search


def _haystack(texts: dict[str, str], model: Model, clock: Clock) -> Search:
    """``InMemoryDocumentStore`` with sentence-transformers embedders and ``InMemoryEmbeddingRetriever``."""
    from haystack import Document
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    writer = SentenceTransformersDocumentEmbedder(model=_folder(model), prefix=model.passage_prompt, progress_bar=False)
    reader = SentenceTransformersTextEmbedder(model=_folder(model), prefix=model.query_prompt, progress_bar=False)
    for embedder in (writer, reader):
        embedder.warm_up()
    store = InMemoryDocumentStore()
    store.write_documents(writer.run([Document(id=name, content=text) for name, text in texts.items()])["documents"])
    retriever, encode = InMemoryEmbeddingRetriever(store), clock.around(reader.run)

    def search(text: str, k: int) -> Found:
        found = retriever.run(query_embedding=encode(text)["embedding"], top_k=k)["documents"]
        return [(d.id, d.score) for d in found]

    return search


def _txtai(texts: dict[str, str], model: Model, clock: Clock) -> Search:
    """``Embeddings`` with its default FAISS index."""
    from txtai import Embeddings

    prompts = {"query": model.query_prompt, "data": model.passage_prompt}
    embeddings = Embeddings(path=_folder(model), instructions=prompts)
    embeddings.index([(name, text, None) for name, text in texts.items()])
    embeddings.model.encode = clock.around(embeddings.model.encode)

    def search(text: str, k: int) -> Found:
        return list(embeddings.search(text, k))

    return search


PEERS: dict[str, Callable[[dict[str, str], Model, Clock], Search]] = {
    "llamaindex": _llamaindex,
    "haystack": _haystack,
    "txtai": _txtai,
}
