"""Weights that turn features into a probability. They are data with their origin, fitted on the development split.

A logistic model: ``p = 1 / (1 + exp(-(bias + sum(weight * feature))))``; ``threshold`` is the p from which an answer is
given. ``python -m assistant.evaluation.fitting`` writes the files.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.errors import SettingsError
from assistant.settings import data_dir


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted logistic model; ``weights`` by name of feature."""

    weights: Mapping[str, float]
    bias: float
    threshold: float

    def probability(self, features: Mapping[str, float]) -> float:
        """The fitted probability, in (0, 1)."""
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, self.log_odds(features)))))

    def log_odds(self, features: Mapping[str, float]) -> float:
        """The same before the logistic function, where differences near 0 and 1 still show."""
        return self.bias + sum(weight * features[name] for name, weight in self.weights.items())


@functools.cache
def load_calibration(name: str) -> Calibration:
    """The model ``index/calibration/NAME.json``.

    :raises SettingsError: the file is missing or wrong.
    """
    path = data_dir("index/calibration") / f"{name}.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        weights = {str(k): float(v) for k, v in data["weights"].items()}
        return Calibration(weights, float(data["bias"]), float(data["threshold"]))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as e:
        raise SettingsError(f"{str(path)!r} is missing or wrong ({e!r}): restore it from the installation") from e
