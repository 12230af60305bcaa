"""The embedding model as the rest of the program sees it."""

from __future__ import annotations

import functools
import hashlib
import json
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from weakref import WeakValueDictionary

from assistant.encoders.manifest import Prepared, read_prepared, write_once
from assistant.encoders.passages import BATCH_TOKENS, SentenceTransformerEncoder, batches
from assistant.encoders.preparation import Source, find_source, prepare
from assistant.encoders.questions import QuestionEncoder, as_pooling
from assistant.encoders.tokens import TextTokenizer
from assistant.errors import LexiconError, ModelUnavailable
from assistant.settings import Settings, data_dir
from assistant.types import Encoded, Progress


class Model:
    """Encodes questions and passages; both a ``QueryEncoder`` and a ``PassageEncoder``.

    ``fingerprint`` names weights, tokenizer, pooling and prompts: equal ones give equal vectors. ``dimension`` is that
    of pooled vectors; ``max_tokens`` counts prompt and special tokens. Opening reads a manifest only; the tokenizer, the
    ONNX session and the SentenceTransformer each load at first use. Safe to share between threads.
    """

    def __init__(self, prepared: Prepared, folder: Path, prompts: dict[str, str]) -> None:
        self.name = prepared.name
        self.folder = folder
        self.dimension = prepared.dimension
        self.max_tokens = prepared.max_tokens
        self.query_prompt, self.passage_prompt = prompts["query"], prompts["passage"]
        identity = json.dumps([prepared.weights, prepared.pooling, self.query_prompt, self.passage_prompt])
        self.fingerprint = hashlib.sha256(identity.encode()).hexdigest()[:16]
        self.no_graph = prepared.no_graph
        self._tokenizer = TextTokenizer(
            folder / prepared.tokenizer, folder / prepared.unigram if prepared.unigram else None
        )
        self._passages = SentenceTransformerEncoder(
            folder / prepared.model, self._tokenizer, max_tokens=prepared.max_tokens
        )
        # A passage's offsets are asked for again with every question that finds it; 8 ms each to work out.
        self._passage_offsets = functools.lru_cache(maxsize=4096)(
            lambda text: tuple(self._tokenizer.tokenize([text], self.passage_prompt)[0].offsets)
        )
        self._questions = _question_encoder(prepared, folder, tokenizer=self._tokenizer, prompt=self.query_prompt)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as a passage, its prompt and the special tokens included. Needs no torch."""
        return self._tokenizer.count(texts, self.passage_prompt)

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """(start, end) in the text, in code points, of each row of a passage's ``Encoded.tokens``. Needs no torch."""
        return list(self._passage_offsets(text))

    def question_offsets(self, text: str) -> list[tuple[int, int]]:
        """(start, end) in the text of each row of a question's ``Encoded.tokens``, as ``token_offsets``."""
        return list(self._tokenizer.tokenize([text], self.query_prompt)[0].offsets)

    def encode_queries(self, texts: Sequence[str]) -> list[Encoded]:
        """One ``Encoded`` for each question, in order, the same whatever else is asked with it.

        Longer ones than the model takes are encoded in equal parts: token vectors joined, pooled vectors averaged.
        Without torch, unless the model has no graph (``no_graph`` says why).
        """
        if self._questions is None:
            return self.encode_queries_reference(texts)
        return self._questions.encode_queries(texts)

    def encode_queries_reference(self, texts: Sequence[str]) -> list[Encoded]:
        """The same vectors through sentence-transformers, slowly: what ``encode_queries`` is tested against."""
        return self._passages.encode_each(texts, self.query_prompt)

    def encode_passages(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoded]]:
        """``(position, vectors)``, longest first, as they are ready. Imports sentence-transformers at first use.

        :raises ValueError: at once, if a text has more than ``max_tokens`` (see ``count_tokens``): nothing is cut off.
        """
        return self._passages.encode_batches(texts, self.passage_prompt)

    def batches(self, texts: Sequence[str]) -> list[list[int]]:
        """Positions, longest first, as ``encode_passages`` takes them at once without an accelerator. Needs no torch.

        Encoded batch by batch, anywhere, the texts get the same vectors as all at once.
        """
        return batches(self.count_tokens(texts), BATCH_TOKENS)

    def warm(self) -> None:
        """Load now what the first question needs (some 0.3 s)."""
        self._tokenizer.count([""], "")
        if self._questions is not None:
            self._questions.warm()


_OPENED: WeakValueDictionary[tuple[Path, str], Model] = WeakValueDictionary()
"""Models in use, so that several stores of one process share the weights (some 0.5 GB once passages are encoded)."""


def open_model(settings: Settings, progress: Progress | None = None) -> Model:
    """The model of the settings, prepared on first use into ``settings.cache_dir/models`` (under a minute).

    :raises ModelUnavailable: it cannot be had, loaded or written.
    """
    source = find_source(settings.model)
    folder = (settings.cache_dir / "models" / source.slug).resolve()
    prepared = read_prepared(folder)
    if prepared is None:
        try:
            prepared = write_once(folder, lambda new: prepare(source, new, progress))
        except OSError as e:
            raise ModelUnavailable(
                f"the model cannot be prepared in {str(folder)!r} ({e.strerror or e}): free some space (0.5 GB), or "
                "set `cache` to a folder that can be written"
            ) from e
    model = Model(prepared, folder, prepared.prompts or family_prompts(source))
    return _OPENED.setdefault((folder, model.fingerprint), model)


def family_prompts(source: Source) -> dict[str, str]:
    """The prompts that ``index/lexicon/models.toml`` names for a model's family; empty ones for a family not listed.

    :raises LexiconError: the file is missing or wrong.
    """
    path = data_dir("index/lexicon") / "models.toml"
    try:
        with path.open("rb") as f:
            families = tomllib.load(f)["family"]
        name = source.name.lower().replace("\\", "/").rstrip("/").rpartition("/")[2]
        for family in families:
            if any(part in name for part in family["names"]):
                return {"query": str(family["query"]), "passage": str(family["passage"])}
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as e:
        raise LexiconError(f"{str(path)!r} is missing or wrong ({e!r}): restore it from the installation") from e
    return {"query": "", "passage": ""}


def _question_encoder(
    prepared: Prepared, folder: Path, *, tokenizer: TextTokenizer, prompt: str
) -> QuestionEncoder | None:
    if prepared.graph is None:
        return None
    return QuestionEncoder(
        tokenizer,
        folder / prepared.graph,
        table=prepared.table(folder),
        pooling=as_pooling(prepared.pooling),
        prompt=prompt,
        max_tokens=prepared.max_tokens,
    )
