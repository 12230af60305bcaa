"""Whether everything that an answer needs is in order: each finding with its severity, and what to do.

It changes nothing: no model is prepared and no store is built.
"""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.answer.rewriting import PLACEHOLDERS
from assistant.corpus.read import read_sources
from assistant.encoders import bundled
from assistant.encoders.manifest import Prepared, read_prepared
from assistant.encoders.model import open_model
from assistant.encoders.preparation import find_source
from assistant.errors import AssistantError, StoreError, StoreMissing, StoreStale
from assistant.lexicon import load_lexicon
from assistant.prompts import load_prompt
from assistant.settings import Settings, data_dir, load_settings
from assistant.store import Segmenter, Store, open_server, verify

Severity = Literal["ok", "warning", "error"]
DISTRIBUTION = "shengwen"
_INSTALL = "run `pip install --upgrade shengwen` (in a checkout: `pip install -e .`)"
_REBUILD = "run `shengwen index build --rebuild`"
PROMPTS = ("rewrite.zh", "rewrite.en")
_PROBE = "山东2022年高新技术企业目标是多少？"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; ``remedy`` is empty where nothing is to be done."""

    check: str
    severity: Severity
    message: str
    remedy: str = ""

    def to_dict(self) -> dict[str, str]:
        """The finding as JSON."""
        return asdict(self)


def examine(store: Path | None = None, config: Path | None = None) -> list[Finding]:
    """Every check in turn; what one finds never keeps the next from being made."""
    findings = list(_installation())
    try:
        settings = load_settings(config, store=store)
    except AssistantError as e:
        return [*findings, Finding("settings", "error", str(e), "correct shengwen.toml or the SHENGWEN_* variables")]
    findings.append(Finding("settings", "ok", f"store {str(settings.store_dir)!r}, cache {str(settings.cache_dir)!r}"))
    checks: tuple[tuple[str, str, Callable[[Settings], Iterator[Finding]]], ...] = (
        ("model", _INSTALL, _model),
        ("lexicon", "correct the file, or restore it from the installation", _lexicon),
        ("corpus", _INSTALL, _corpus),
        ("prompts", "correct the file; prompts/README.md says what a prompt holds", _prompts),
        ("store", _REBUILD, _store),
    )
    for name, remedy, check in checks:
        try:
            findings.extend(check(settings))
        except AssistantError as e:
            findings.append(Finding(name, "error", str(e), "" if remedy in str(e) else remedy))
    return findings


def _installation() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    try:
        lines = importlib.metadata.requires(DISTRIBUTION) or ()
    except importlib.metadata.PackageNotFoundError:
        yield Finding("installation", "warning", f"the distribution {DISTRIBUTION!r} is not installed", _INSTALL)
        return
    wanted = [r for r in map(Requirement, lines) if r.marker is None or r.marker.evaluate({"extra": ""})]
    wrong = [finding for r in wanted if (finding := _package(r)) is not None]
    yield from wrong
    if not wrong:
        version = importlib.metadata.version(DISTRIBUTION)
        message = f"shengwen {version} on Python {platform.python_version()}, all {len(wanted)} requirements met"
        yield Finding("installation", "ok", message)


def _package(requirement: Any) -> Finding | None:
    try:
        found = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return Finding("installation", "error", f"the package {requirement.name!r} is missing", _INSTALL)
    if requirement.specifier.contains(found, prereleases=True):
        return None
    message = f"{requirement.name} is {found}, tested with {requirement.specifier}"
    return Finding("installation", "warning", message, f"run `pip install '{requirement.name}{requirement.specifier}'`")


def _model(settings: Settings) -> Iterator[Finding]:
    source = find_source(settings.model)
    if source.is_bundled:
        path = bundled.weights_file()
        bundled.read_weights(path)
        yield Finding("model", "ok", f"the weights of {bundled.PACKAGE} match their SHA-256")
    prepared = _prepared(settings)
    if prepared is None:
        message = f"{source.name!r} is not prepared yet, or not whole: the first question does it, in about a minute"
        yield Finding("model", "warning", message, "run `shengwen index build`, or ask a question")
        return
    if prepared.no_graph:
        message = f"questions to {source.name!r} go through torch, slowly: {prepared.no_graph}"
        yield Finding("model", "warning", message, "set `model` to 'bundled', or to one with mean or cls pooling")
    vector = open_model(settings).encode_queries([_PROBE])[0].pooled
    if abs(float(vector @ vector) - 1) > 1e-3:
        yield Finding("model", "error", f"{source.name!r} gives no unit vector", f"remove {str(settings.cache_dir)!r}")
    else:
        yield Finding("model", "ok", f"{source.name!r} is prepared and encodes ({len(vector)} dimensions)")


def _prepared(settings: Settings) -> Prepared | None:
    return read_prepared((settings.cache_dir / "models" / find_source(settings.model).slug).resolve())


def _lexicon(settings: Settings) -> Iterator[Finding]:
    lexicon = load_lexicon()
    message = f"{len(lexicon.provinces)} provinces, {len(lexicon.words())} words for the segmenter"
    yield Finding("lexicon", "ok", message)


def _corpus(settings: Settings) -> Iterator[Finding]:
    sources, failures = read_sources([data_dir("index/corpus")])
    for failure in failures:
        yield Finding("corpus", "error", failure.reason, "correct or remove the file")
    if not sources:
        yield Finding("corpus", "error", "the shipped corpus is empty", _INSTALL)
    elif not failures:
        yield Finding("corpus", "ok", f"{len(sources)} shipped documents can be read")


def _prompts(settings: Settings) -> Iterator[Finding]:
    for name in PROMPTS:
        load_prompt(name, placeholders=PLACEHOLDERS)
    used = f"used with {settings.llm.model!r}" if settings.llm.base_url else "not used: no language model is set"
    yield Finding("prompts", "ok", f"{len(PROMPTS)} prompts, {used}")


def _store(settings: Settings) -> Iterator[Finding]:
    folder, server = settings.store_dir, open_server(settings)
    try:
        store = Store.open(folder, server=server)
    except StoreMissing:
        message = f"there is no store in {str(folder)!r} yet: the first question builds it from the shipped corpus"
        yield Finding("store", "warning", message, "run `shengwen index build`")
        return
    except StoreStale:
        raise
    except StoreError as e:
        for problem in verify(folder, server) or [str(e)]:
            yield Finding("store", "error", problem, _REBUILD)
        return
    with store:
        store.check_index()
        store.check_segmenter(Segmenter(load_lexicon().words()))
        if _prepared(settings) is not None:
            store.check_model(open_model(settings).fingerprint)
        counts = store.manifest.counts
    problems = verify(folder, server)
    for problem in problems:
        yield Finding("store", "error", problem, _REBUILD)
    if not problems:
        message = (
            f"generation {store.generation} is whole: {counts['documents']} documents, {counts['passages']} passages"
        )
        yield Finding("store", "ok", message)
