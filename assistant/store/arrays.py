"""A saved array, mapped into memory. It knows nothing about what stands in it."""

from __future__ import annotations

import tokenize
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def map_array(path: Path) -> NDArray[Any]:
    """A file of ``numpy.save``.

    :raises OSError: it cannot be read.
    :raises ValueError: it is damaged.
    """
    try:
        found: NDArray[Any] = np.load(path, mmap_mode="r")
    except (SyntaxError, TypeError, EOFError, OverflowError, tokenize.TokenError) as e:
        # NumPy reads the head of a file as a piece of Python.
        raise ValueError(f"its head is damaged: {e}") from None
    return found
