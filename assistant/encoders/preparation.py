"""Making a model ready once: fetch or convert it, export its encoder for questions, and check that both agree."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.encoders import bundled
from assistant.encoders.export import GRAPH, export_encoder, locate_table
from assistant.encoders.manifest import FORMAT, Prepared
from assistant.encoders.passages import SentenceTransformerEncoder, load_sentence_transformer
from assistant.encoders.questions import QuestionEncoder, as_pooling, unit
from assistant.encoders.tokens import TextTokenizer
from assistant.encoders.unigram import FILE as UNIGRAM
from assistant.encoders.unigram import build_unigram, save_unigram
from assistant.errors import ModelUnavailable
from assistant.types import Encoded, Progress

STAGE = "model"
"""The stage's name in progress reports."""
AGREEMENT = 0.999
"""The least cosine between two ways to encode the same text; float16 tables and ONNX kernels stay above 0.9999."""
_STEPS_AFTER = 4  # loaded, tokenizer and table, exported, checked
_TOKENS_IF_UNSAID, _MOST_TOKENS = 512, 8192  # attention over more takes gigabytes
_FOLDER = "sentence_transformer"
_IGNORED_KEYS = ("transformers_version", "_name_or_path", "dtype", "torch_dtype", "__version__")
_PROBES = (
    "山东2022年高新技术企业达到2.3万家，增长8％以上。",
    "How many High-Tech Enterprises does Shandong plan for 2022?",
    "R&D经费投入强度 5～8 ℃",
    "深化科技体制改革，健全“揭榜挂帅”机制，完善科技成果转化激励政策。" * 8,
    "?",
)


@dataclass(frozen=True, slots=True)
class Source:
    """Which model is asked for. ``key`` changes when what lies at the place changes; ``folder`` is a user's own."""

    name: str
    key: str
    folder: Path | None = None

    @property
    def is_bundled(self) -> bool:
        """Whether it is the model that comes with the install."""
        return self.name == bundled.NAME and self.folder is None and self.key == _short(bundled.WEIGHTS_SHA256)

    @property
    def slug(self) -> str:
        """A folder name: the model's last path component and the key."""
        plain = re.sub(r"[^\w.-]+", "-", self.name.replace("\\", "/").rstrip("/").rpartition("/")[2])
        return f"{plain[:60]}-{self.key}"


def find_source(model: str) -> Source:
    """What the setting ``model`` means: ``bundled``, a folder, or else a hub name.

    :raises ModelUnavailable: it looks like a folder, and there is none, or no model in it.
    """
    if model == "bundled":
        return Source(bundled.NAME, _short(bundled.WEIGHTS_SHA256))
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
            raise ModelUnavailable(
                f"the folder {model!r} has neither modules.json nor config.json: set `model` to the folder of a "
                "sentence-transformers model, or to 'bundled'"
            )
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        seen = [(p.relative_to(folder).as_posix(), p.stat().st_size, p.stat().st_mtime_ns) for p in files]
        return Source(folder.resolve().as_posix(), _short(f"{folder.resolve()} {seen}"), folder.resolve())
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", model) or model.startswith("."):
        raise ModelUnavailable(
            f"`model` is {model!r}, and no such folder exists: set it to a folder with a sentence-transformers model, "
            "to a model's name on the hub, or to 'bundled'"
        )
    return Source(model, _short(model))


def prepare(source: Source, folder: Path, progress: Progress | None) -> Prepared:
    """Fill the empty folder and say what is in it.

    :raises ModelUnavailable: the model cannot be had or loaded, or is not a plain text encoder.
    """
    step = _Steps(bundled.STEPS + _STEPS_AFTER if source.is_bundled else _STEPS_AFTER, progress)
    home, model = _obtain(source, folder, step)
    step()
    path = _save_tokenizer(model, home, folder)
    if (unigram := build_unigram(model.tokenizer.backend_tokenizer)) is not None:
        save_unigram(unigram, folder)
    table = locate_table(_encoder(model, source.name), home, folder)
    step()
    limit = min(int(model.max_seq_length or _TOKENS_IF_UNSAID), _MOST_TOKENS)
    tokenizer = TextTokenizer(path)
    expected = SentenceTransformerEncoder(home, tokenizer, max_tokens=limit, model=model).encode_each(_PROBES, "")
    _check_reference(model, expected, source.name, limit=limit, tokenizer=tokenizer)
    pooling, no_graph = _export(model, folder)
    step()
    if not no_graph:
        questions = QuestionEncoder(
            tokenizer, folder / GRAPH, table=table, pooling=as_pooling(pooling), prompt="", max_tokens=limit
        )
        no_graph = _disagreement(questions.encode_queries(_PROBES), expected)
    step()
    return Prepared(
        name=source.name,
        model=_relative(home, folder),
        tokenizer=_relative(path, folder),
        unigram=UNIGRAM if unigram else None,
        graph=None if no_graph else GRAPH,
        no_graph=no_graph,
        table_file=_relative(table.path, folder),
        table_dtype=table.dtype,
        table_offset=table.offset,
        table_shape=table.shape,
        pooling=pooling,
        dimension=len(expected[0].pooled),
        max_tokens=limit,
        prompts=_own_prompts(model),
        weights=bundled.IDENTITY if source.is_bundled else _content_hash(home, path),
    )


class _Steps:
    """Counts finished steps towards a known total."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress
        if progress is not None:
            progress(STAGE, 0, total)

    def __call__(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(STAGE, min(self._done, self._total), self._total)


def _obtain(source: Source, folder: Path, step: Callable[[], None]) -> tuple[Path, Any]:
    """The model's own folder, and the model loaded from it. A hub model is kept here, so the hub is asked only once."""
    home = source.folder or folder / _FOLDER
    if source.folder is not None:
        return home, load_sentence_transformer(str(home), local=True)
    home.mkdir()
    if source.is_bundled:
        bundled.write_sentence_transformer(bundled.read_weights(bundled.weights_file()), home, step)
    else:
        load_sentence_transformer(source.name, local=False).save(str(home), create_model_card=False)
    return home, load_sentence_transformer(str(home), local=True)


def _encoder(model: Any, name: str) -> Any:
    """The transformers model inside. :raises ModelUnavailable: it has none that takes token ids."""
    encoder = getattr(model[0], "auto_model", None)
    if encoder is None or not hasattr(encoder, "get_input_embeddings"):
        raise ModelUnavailable(f"the model {name!r} is not a transformer over text: choose another, or 'bundled'")
    return encoder


def _save_tokenizer(model: Any, home: Path, folder: Path) -> Path:
    """The tokenizer as loaded, which for some models is not as their ``tokenizer.json`` has it; equal ones once."""
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelUnavailable(f"the model in {str(home)!r} has no fast tokenizer (tokenizer.json): choose another")
    if home.parent == folder and home.name == _FOLDER and (home / "tokenizer.json").is_file():
        path = home / "tokenizer.json"
    else:
        path = folder / "tokenizer.json"
    backend.no_truncation()
    backend.no_padding()
    backend.save(str(path), pretty=False)
    return path


def _own_prompts(model: Any) -> dict[str, str] | None:
    given = {name: text for name, text in (model.prompts or {}).items() if text}
    passage = next((given[name] for name in ("passage", "document", "corpus") if name in given), "")
    query = given.get("query", "")
    return {"query": query, "passage": passage} if query or passage else None


def _check_reference(model: Any, ours: list[Encoded], name: str, *, limit: int, tokenizer: TextTokenizer) -> None:
    """Compare with the model's own ``encode``.

    :raises ModelUnavailable: they differ: the model does more to a text than tokenize it (a chat template, images).
    """
    short = [i for i, n in enumerate(tokenizer.count(_PROBES, "")) if n <= limit]
    theirs = model.encode([_PROBES[i] for i in short], prompt="", show_progress_bar=False)
    cosines = (unit(np.asarray(theirs, np.float32)) * np.stack([ours[i].pooled for i in short])).sum(axis=1)
    if cosines.min() < AGREEMENT:
        raise ModelUnavailable(
            f"the model {name!r} is not a plain text encoder (its own vectors differ, cosine {cosines.min():.3f}): "
            "choose another, or 'bundled'"
        )


def _export(model: Any, folder: Path) -> tuple[str, str]:
    """(pooling, why there is no graph). Only mean and cls pooling, then at most a normalisation, have a graph."""
    kinds = [type(module).__name__ for module in model][1:]
    mode = getattr(model[1], "pooling_mode", None) or "" if len(kinds) else ""
    if not mode and len(kinds):  # sentence-transformers 5 keeps a flag for each mode
        mode = next((m for m, f in (("mean", "mean_tokens"), ("cls", "cls_token"))
                     if getattr(model[1], f"pooling_mode_{f}", False)), "")  # fmt: skip
    if kinds not in (["Pooling"], ["Pooling", "Normalize"]) or mode not in ("mean", "cls"):
        return "other", f"modules {kinds} with pooling {mode!r}"
    if not getattr(model[1], "include_prompt", True):
        return str(mode), "pooling leaves the prompt out"
    try:
        export_encoder(_encoder(model, ""), folder)
    except Exception as e:  # noqa: BLE001  # the exporter raises its own, torch's and onnxscript's errors, undocumented
        (folder / GRAPH).unlink(missing_ok=True)
        return str(mode), f"export failed: {type(e).__name__}: {(str(e).splitlines() or [''])[0][:200]}"
    return str(mode), ""


def _disagreement(ours: list[Encoded], expected: list[Encoded]) -> str:
    """Empty, or what differs: token vectors of any probe, or pooled ones."""
    worst = min(
        float(min((a.pooled @ b.pooled).min(), (a.tokens * b.tokens).sum(axis=1).min(initial=1.0)))
        for a, b in zip(ours, expected, strict=True)
    )
    return "" if worst >= AGREEMENT else f"the exported graph differs (cosine {worst:.3f})"


def _content_hash(home: Path, tokenizer: Path) -> str:
    """Of weights, tokenizer and module settings; version notes, model cards and other formats' copies left out."""
    total = hashlib.sha256()
    weights = [p for pattern in ("*.safetensors", "*.bin") for p in home.rglob(pattern) if "onnx" not in p.parts]
    for path in sorted({*weights, tokenizer}, key=lambda p: (p == tokenizer, p.name)):
        with path.open("rb") as f:
            total.update(hashlib.file_digest(f, "sha256").digest())
    for path in sorted({home / "config.json", home / "modules.json", *home.glob("*/config.json")}):
        if path.is_file():
            value = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(value, dict):
                value = {k: v for k, v in value.items() if k not in _IGNORED_KEYS}
            total.update(json.dumps(value, sort_keys=True).encode())
    return total.hexdigest()


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _short(text: str) -> str:
    return hashlib.sha256(f"{FORMAT}:{text}".encode()).hexdigest()[:12]
