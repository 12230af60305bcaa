"""What kind of answer a question wants: a multinomial logistic model over its signs, fitted and shipped as data.

``index/calibration/intent.json`` holds the weights; ``python -m assistant.evaluation.fit_intent`` writes it. No vectors
take part, so that the verdict is the same with every embedding model.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.errors import SettingsError
from assistant.question.signs import SIGNS
from assistant.settings import data_dir
from assistant.text import has_cjk
from assistant.types import Intent

ASKED: tuple[Intent, ...] = ("figure", "fact", "list", "compare", "summary", "yesno")
"""The kinds that a question can be of, the one preferred among equals first."""
_YEARS = re.compile(r"(?:19|20)\d\d\s?年?(?:度)?")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_LOOSE_SPACE = re.compile(r"(?<=[^a-z0-9]) | (?=[^a-z0-9])")


def marked(folded: str, marks: Iterable[tuple[int, int, str]]) -> str:
    """A folded question with what it names replaced by marks; of marks that overlap the earlier, then the longer, counts.

    :param marks: ``(start, end, letter)``, see ``signs``.
    """
    out, at = [], 0
    for start, end, letter in sorted(marks, key=lambda m: (m[0], -m[1])):
        if start >= at:
            out += [folded[at:start], f" {letter} "]
            at = end
    text = _NUMBERS.sub("9", _YEARS.sub("Y", "".join(out) + folded[at:]))
    text = _LOOSE_SPACE.sub("", text) if has_cjk(text) else re.sub(" +", " ", text)
    return text.strip()


def signs_of(text: str, *, n_named: int, n_periods: int, n_years: int, regional: bool) -> frozenset[str]:
    """The signs of a marked question, and how many provinces, roles, years and measures it names."""
    found = {name for name, pattern in SIGNS.items() if pattern.search(text)}
    counts = {"named": n_named, "periods": n_periods, "measures": text.count("M")}
    found |= {f"{name}{min(n, 2)}" for name, n in counts.items()}
    return frozenset(found | ({"region"} if regional else set()) | ({"years"} if n_years > 1 else set()))


@dataclass(frozen=True, slots=True)
class IntentModel:
    """Weights by sign and kind; kinds in the order of ``ASKED``."""

    bias: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def best(self, signs: Iterable[str], *, but: Iterable[Intent] = ()) -> Intent:
        """The most probable kind, of those that are not ruled out."""
        totals = list(self.bias)
        for sign in sorted(signs):
            for i, weight in enumerate(self.weights.get(sign, ())):
                totals[i] += weight
        open_ = [(total, -i) for i, total in enumerate(totals) if ASKED[i] not in but]
        return ASKED[-max(open_)[1]]


@functools.cache
def load_intent_model() -> IntentModel:
    """The shipped model.

    :raises SettingsError: the file is missing or wrong.
    """
    path = data_dir("index/calibration") / "intent.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        bias = tuple(float(data["bias"][kind]) for kind in ASKED)
        weights = {str(k): tuple(float(v[kind]) for kind in ASKED) for k, v in data["weights"].items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as e:
        raise SettingsError(f"{str(path)!r} is missing or wrong ({e!r}): restore it from the installation") from e
    return IntentModel(bias, weights)
