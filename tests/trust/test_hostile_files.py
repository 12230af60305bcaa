"""Whatever is read or configured: taken as it is meant, or one line that says what is wrong with which file."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from noise import SIZES, altered, noise
from serving import Scripted
from small import REPORTS

from assistant.answer.rewriting import PLACEHOLDERS
from assistant.corpus.read import SUFFIXES, read_sources
from assistant.corpus.sections import parse_document
from assistant.errors import AssistantError, BundleError, EvalDataError, LexiconError, PromptError, StoreError
from assistant.evaluation.questions import read_questions
from assistant.facts import extract_facts
from assistant.lexicon import Lexicon, load_lexicon, loading
from assistant.passages import cut_passages
from assistant.prompts import load_prompt
from assistant.settings import data_dir, load_settings
from assistant.store import Store, layout, verify
from assistant.takeaway.verify import verify_bundle


@SIZES
def test_documents(cases, tally, tmp_path):
    """Files of every kind, each altered or random: read, or told in one line why not; what is read is cut soundly."""
    draw = random.Random(14)
    lexicon = load_lexicon()
    makers = made_files()
    for n in range(6 * cases):
        name, data = draw.choice(makers)
        path = tmp_path / f"case{n % 7}{Path(name).suffix}"
        path.write_bytes(altered(draw, data) if n % 4 else noise(draw).encode("utf-8", "replace"))
        sources, failures = read_sources([path])
        tally["cases fuzzed"] += 1
        assert all("\n" not in f.reason for f in failures)
        for source in sources:
            document, sections = parse_document(source, lexicon)
            for part in (
                *cut_passages(document, sections, lambda texts: [len(t) for t in texts]),
                *extract_facts(document, sections),
            ):
                assert 0 <= part.span.start < part.span.end <= len(document.text)
        path.unlink()


def made_files():
    """A sound file of each kind that is read."""
    import file_makers

    text = "\n".join(REPORTS.values())
    plain = [
        (f"x{suffix}", text.encode())
        for suffix in SUFFIXES
        if suffix in (".txt", ".md", ".csv", ".html", ".htm", ".jsonl")
    ]
    rows = b'{"title": "x", "text": "\xe5\xb1\xb1\xe4\xb8\x9c", "year": 2022}\n'
    plain.append(("x.jsonl", rows * 3))
    rows = [("山东", "山东", 2022, "http://x", "2022-01-01", text)]
    plain.append(("x.csv", file_makers.csv_of(rows)))
    plain.append(("x.xlsx", file_makers.xlsx_of([file_makers.HEAD, *rows])))
    plain.append(("x.docx", file_makers.docx_of(text)))
    plain.append(("x.pdf", file_makers.pdf_of(file_makers.lines_of(text[:100]))))
    plain.append(("x.zip", file_makers.zip_of({"a.txt": text.encode(), "b/c.csv": file_makers.csv_of(rows)})))
    return plain


KINDS = {
    "lexicon": (LexiconError, Lexicon),
    "prompts": (PromptError, lambda folder: load_prompt("rewrite.zh", placeholders=PLACEHOLDERS, folder=folder)),
    "eval": (EvalDataError, lambda folder: read_questions(folder / "mini.jsonl")),
    "settings": (AssistantError, lambda folder: load_settings(folder / "shengwen.toml")),
    "bundle": (BundleError, lambda folder: verify_bundle((folder / "bundle.json").read_bytes())),
}
TOML = b"""host = "127.0.0.1"
port = 7860
allowed_hosts = ["a.example"]
[users]
editor = "x"
[llm]
base_url = "http://localhost:1/v1"
"""


def material(kind, folder):
    folder.mkdir()
    if kind == "settings":
        (folder / "shengwen.toml").write_bytes(TOML)
    elif kind == "bundle":
        from datetime import date

        from serving import DOCUMENT, answered

        from assistant.takeaway.exchange import Exchange
        from assistant.takeaway.export import export

        made = export(
            [Exchange(answered("甲省？"), ())], "json", source=Scripted(texts=(DOCUMENT,)), accessed=date(2026, 1, 1)
        )
        (folder / "bundle.json").write_bytes(made.data)
    else:
        room = {"lexicon": "index/lexicon"}.get(kind, kind)
        for path in data_dir(room).iterdir():
            if path.is_file() and (kind != "eval" or path.name == "mini.jsonl"):
                shutil.copy(path, folder)
    return folder


@SIZES
@pytest.mark.parametrize("kind", KINDS)
def test_files_that_people_edit(kind, cases, tally, tmp_path):
    error, read = KINDS[kind]
    draw = random.Random(15)
    sound = material(kind, tmp_path / "sound")
    names = sorted(p.name for p in sound.iterdir() if p.suffix != ".md" or kind == "prompts")
    for _ in range(4 * cases if kind != "lexicon" else max(20, cases // 10)):
        path = sound / draw.choice(names)
        whole = path.read_bytes()
        path.write_bytes(altered(draw, whole))
        tally["cases fuzzed"] += 1
        try:
            read(sound)
        except error as e:
            assert str(e).strip() and "\n" not in str(e), str(e)
        path.write_bytes(whole)


LEXICON = {
    "provinces.toml": loading.read_provinces,
    "regions.toml": lambda path: loading.read_regions(path, load_lexicon().provinces),
    "measures.toml": loading.read_measures,
    "terms.tsv": loading.read_terms,
    "english.tsv": loading.read_english,
    "plain.tsv": loading.read_plain,
    "topics.toml": lambda path: loading.read_topics(path, load_lexicon().measures),
    "periods.toml": loading.read_periods,
}


@SIZES
def test_files_of_the_lexicon(cases, tally, tmp_path):
    """Each by itself, a hundred times as fast as all together."""
    draw = random.Random(17)
    for n in range(2 * cases):
        name = list(LEXICON)[n % len(LEXICON)]
        path = tmp_path / name
        path.write_bytes(altered(draw, (data_dir("index/lexicon") / name).read_bytes()))
        tally["cases fuzzed"] += 1
        try:
            LEXICON[name](path)
        except LexiconError as e:
            assert name in str(e) and "\n" not in str(e), str(e)


@SIZES
def test_manifests(cases, tally, small, tmp_path):
    draw = random.Random(16)
    store = tmp_path / "store"
    shutil.copytree(small.settings.store_dir, store)
    place = store / layout.folder_name(layout.read_current(store))
    for path in (place / layout.MANIFEST, store / layout.CURRENT):
        whole = path.read_bytes()
        for _ in range(2 * cases):
            data = altered(draw, whole)
            path.write_bytes(data)
            tally["cases fuzzed"] += 1
            if data.strip() == whole.strip():
                continue
            try:
                Store.open(store).close()
            except StoreError as e:
                assert "\n" not in str(e)
                assert verify(store)
        path.write_bytes(whole)
