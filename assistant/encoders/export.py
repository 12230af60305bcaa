"""Writing a model's encoder as an ONNX graph that takes word embeddings, so that questions need no torch.

The table of word embeddings, most of a multilingual model, stays outside the graph: it is mapped into memory, and a
question touches some twenty of its rows.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

GRAPH = "encoder.onnx"
_TABLE = "word_embeddings.npy"
_SAFETENSORS_TYPES = {"F32": "<f4", "F16": "<f2"}


@dataclass(frozen=True, slots=True)
class Table:
    """Where the word embeddings lie: raw little-endian numbers in a file, ``shape`` (vocabulary, width)."""

    path: Path
    dtype: str
    offset: int
    shape: tuple[int, int]


def export_encoder(encoder: Any, folder: Path) -> None:
    """Export the transformers model to ``folder/encoder.onnx``: (embeddings, mask) → last hidden state.

    Batch and length are free. Above 1.5 GB the weights go to a second file, as protobuf takes 2 GB at most.

    :raises Exception: whatever the exporter raises: not every architecture can be exported. The caller decides.
    """
    import torch

    class Encoder(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, embeddings: Any, mask: Any) -> Any:
            return self.encoder(inputs_embeds=embeddings, attention_mask=mask).last_hidden_state

    table = encoder.get_input_embeddings().weight
    size = sum(p.numel() * 4 for p in encoder.parameters()) - table.numel() * 4
    example = (torch.zeros(2, 7, table.shape[1]), torch.ones(2, 7, dtype=torch.int64))
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    with _quiet(), torch.no_grad():
        torch.onnx.export(
            Encoder().eval(),
            example,
            str(folder / GRAPH),
            dynamo=True,
            input_names=["embeddings", "mask"],
            output_names=["states"],
            dynamic_shapes=(free, free),
            external_data=size > 1_500_000_000,
            verbose=False,
        )


def locate_table(encoder: Any, model_folder: Path, folder: Path) -> Table:
    """The word embeddings where the model's own file has them, else a float16 copy written into ``folder``.

    Float16 keeps 11 bits: cosines to float32 vectors stay above 0.9999.
    """
    weight = encoder.get_input_embeddings().weight.detach()
    shape = (int(weight.shape[0]), int(weight.shape[1]))
    sample = np.arange(0, shape[0], max(1, shape[0] // 512))
    expected = weight[sample].float().numpy()
    for found in _tensors_of_shape(model_folder / "model.safetensors", shape):
        if np.array_equal(np.asarray(open_table(found)[sample], np.float32), expected):
            return found
    path = folder / _TABLE
    np.save(path, weight.float().numpy().astype(np.float16))
    return Table(path, "<f2", path.stat().st_size - 2 * shape[0] * shape[1], shape)


def open_table(table: Table) -> np.memmap[Any, np.dtype[Any]]:
    """The table mapped into memory; its rows are read from disk when touched."""
    return np.memmap(table.path, table.dtype, "r", table.offset, table.shape)


def _tensors_of_shape(path: Path, shape: tuple[int, int]) -> list[Table]:
    """Layout: https://huggingface.co/docs/safetensors (8 bytes length, JSON header, data)."""
    if not path.is_file():
        return []
    with path.open("rb") as f:
        length = int.from_bytes(f.read(8), "little")
        header = json.loads(f.read(length))
    header.pop("__metadata__", None)
    return [
        Table(path, _SAFETENSORS_TYPES[t["dtype"]], 8 + length + t["data_offsets"][0], shape)
        for t in header.values()
        if tuple(t["shape"]) == shape and t["dtype"] in _SAFETENSORS_TYPES
    ]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter reports its own progress on stdout, and warns about things nobody can act on."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
