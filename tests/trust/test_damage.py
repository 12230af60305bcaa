"""One bit of a store is turned over, or its folder is gone: it is found and named, and never served as an answer."""

from __future__ import annotations

import dataclasses
import json
import logging
import random
import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from small import EXTRA, QUESTIONS, REPORTS, Stub, open_small

from assistant import building
from assistant.assistant import Assistant
from assistant.doctor import examine
from assistant.errors import StoreError
from assistant.lexicon import load_lexicon
from assistant.settings import Settings
from assistant.store import Store, layout, reader, salvage, verify, writer
from assistant.store.owners import _UNSEALED, TABLES


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


def place_of(store):
    return store / layout.folder_name(layout.read_current(store))


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << (at % 8)
    path.write_bytes(data)


def files_of(store):
    place = place_of(store)
    return [*sorted(p for p in place.rglob("*") if p.is_file()), store / "CURRENT"]


def said(answer):
    told = answer.to_dict()
    for name in ("timings_ms", "index_generation"):
        told.pop(name)
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def test_one_flipped_bit_in_any_file_is_found_named_and_not_served(store, tally):
    for path in files_of(store):
        whole = path.read_bytes()
        for at in dict.fromkeys((len(whole) // 2, 0, len(whole) // 3, len(whole) - 1)) if whole else ():
            flip(path, at)
            problems = verify(store)
            assert problems and any(path.name in p or "names no generation" in p or "gen-" in p for p in problems), path
            with pytest.raises(StoreError):
                Store.open(store)
            if at == len(whole) // 2:  # it checks the model, too, which takes a second
                findings = [f for f in examine(store) if f.check == "store"]
                assert findings and {f.severity for f in findings} == {"error"}, (path, at)
                assert all("--rebuild" in f.message + f.remedy for f in findings)
            tally["flips found"] += 1
            path.write_bytes(whole)
    assert verify(store) == []


@pytest.fixture(params=["whole", "with what came since"])
def large(request, store, monkeypatch):
    """A store that is read as one too large to be compared at opening; with a second part, where that is asked for."""
    if request.param != "whole":
        monkeypatch.setattr(writer, "APPEND_FROM", 0)
        monkeypatch.setattr(writer, "MORE_SHARE", 100)
        with closing(open_small(store)) as a:
            (store.parent / "广东2022.txt").write_text(EXTRA, encoding="utf-8")
            a.add([store.parent / "广东2022.txt"])
            a.remove(["福建2022"])
        assert (place_of(store) / layout.MORE).is_dir()
    monkeypatch.setattr(reader, "CHECKED_BYTES", 0)
    monkeypatch.setattr(reader, "SMALL", 0)
    return store


ASKED = (*QUESTIONS, "海南2022年高新技术企业目标是多少？", "哪些省份提到数字经济？", "去年完成了多少？")


def asked_of(store, lexicon):
    """What a store answers, question by question, or the one error that it is opened or read with."""
    try:
        with closing(Assistant(Settings(store=store), lexicon, Stub(), Store.open(store))) as a:
            return [said(a.ask(question)) for question in ASKED]
    except StoreError as e:
        assert "--rebuild" in str(e) and "\n" not in str(e)
        return None


def is_found(store, lexicon, whole, tally):
    """Damage does no harm: all is answered as before, or nothing is and an error says so."""
    told = asked_of(store, lexicon)
    for before, after in zip(whole, told or whole, strict=True):
        assert after == before
    tally["flips found, or of no consequence, in a large store"] += 1
    return told is None


@pytest.mark.parametrize("each", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_in_a_store_too_large_to_compare_at_opening_no_damage_is_served(large, lexicon, each, tally):
    """Bits and bytes in every file, those of other generations too, at places drawn from a seed: of the truth at many."""
    whole = asked_of(large, lexicon)
    draw, found = random.Random(11), set()
    for path in [*files_of(large)[:-1], *(large / layout.BLOCKS).iterdir(), large / layout.EMBEDDINGS]:
        data = path.read_bytes()
        used = [at for at, byte in enumerate(data) if byte]
        for at in draw.sample(used, min(len(used), 15 * each if path.name == layout.TRUTH else each)):
            for byte in {data[at] ^ 1 << draw.randrange(8), draw.choice((0, 255, 48 + draw.randrange(10)))} - {
                data[at]
            }:
                path.unlink()  # others may have a link to it
                path.write_bytes(data[:at] + bytes([byte]) + data[at + 1 :])
                if is_found(large, lexicon, whole, tally):
                    found.add(path.name)
        path.unlink()
        path.write_bytes(data)
    assert {layout.TRUTH, "owners.npy", "owners-facts.npy", layout.VECTORS, "000001.bin", layout.SUMS} <= found


def columns_of(path):
    with closing(sqlite3.connect(path)) as truth:
        for table in TABLES:
            yield from ((table, row[1]) for row in truth.execute(f"PRAGMA table_info({table})"))


def alive(table):
    """A condition: no document that may be gone since."""
    return f"{'id' if table == 'documents' else 'doc_id'} NOT LIKE '福建%'"


def altered(value):
    """A value of the same kind that looks as sound as the one that was there."""
    if isinstance(value, (int, float)):
        return value + 1000
    if value == "[]" or value is None:
        return "[1]" if value else None
    return value[:-1] + ("省" if isinstance(value, str) else b"x")


UNREAD = {("passages", "indexed"), ("passages", "key"), ("passages", "n_tokens")}
"""Columns that only a build reads, which compares the whole file first."""


@pytest.mark.parametrize("part", [layout.TRUTH, f"{layout.MORE}/{layout.TRUTH}"])
def test_in_a_large_store_no_altered_row_is_served(large, lexicon, part, tally):
    """Each column in a row of each table holds something else, or the row is gone."""
    whole, path = asked_of(large, lexicon), place_of(large) / part
    if not path.is_file():
        pytest.skip("there is no second part")
    data, draw = path.read_bytes(), random.Random(5)
    for table, column in columns_of(path):
        path.unlink()
        path.write_bytes(data)
        with closing(sqlite3.connect(path, isolation_level=None)) as truth:
            rows = truth.execute(
                f'SELECT rowid, "{column}" FROM {table} WHERE "{column}" IS NOT NULL AND {alive(table)}'
            )
            rows = rows.fetchall()
            if rows:
                at, value = draw.choice(rows)
                truth.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (altered(value), at))
        found = is_found(large, lexicon, whole, tally)
        assert found or not rows or (table, column) in UNREAD or table == "sections", (table, column)
    for table in TABLES:
        path.unlink()
        path.write_bytes(data)
        with closing(sqlite3.connect(path, isolation_level=None)) as truth:
            truth.execute(f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table} WHERE {alive(table)})")
        assert is_found(large, lexicon, whole, tally) or table == "sections"


def test_damage_of_a_large_store_is_not_taken_over_by_what_is_added(large, lexicon, monkeypatch):
    """A row of the documents that stay, which the new generation would give a checksum of its own."""
    path = place_of(large) / layout.TRUTH
    data = path.read_bytes()
    at = data.index("高新技术企业达到3500家".encode())
    path.unlink()
    path.write_bytes(data[: at + 24] + b"9" + data[at + 25 :])
    monkeypatch.setattr(writer, "APPEND_FROM", 10**6)  # all is written anew
    extra = large.parent / "海南2022.txt"
    extra.write_text(EXTRA.replace("广东", "海南"), encoding="utf-8")
    generation = layout.read_current(large)
    with closing(Assistant(Settings(store=large), lexicon, Stub(), Store.open(large))) as a:
        with pytest.raises(StoreError, match="truth.sqlite is damaged.*--rebuild"):
            a.add([extra])
    assert layout.read_current(large) == generation


def test_a_store_without_checksums_of_its_parts_is_compared_as_a_whole(store, lexicon, monkeypatch):
    """As programs before this one wrote them: every file is compared at opening, whatever its size; answers are equal."""
    whole = asked_of(store, lexicon)
    monkeypatch.setattr(reader, "CHECKED_BYTES", 0)
    place = place_of(store)
    rows = np.load(place / "owners.npy")
    np.save(place / "owners.npy", rows[["doc", "province", "year", "period"]].astype(_UNSEALED))
    manifest = layout.read_manifest(place)
    kept = {n: r for n, r in manifest.files.items() if not n.startswith((layout.SUMS, "owners-"))}
    kept["owners.npy"] = layout.file_record(place / "owners.npy")
    layout.write_manifest(place, dataclasses.replace(manifest, files=kept))
    assert asked_of(store, lexicon) == whole
    for name in (layout.TRUTH, layout.VECTORS, "owners.npy"):
        data = (place / name).read_bytes()
        flip(place / name, len(data) - 3)
        assert asked_of(store, lexicon) is None
        (place / name).write_bytes(data)
    with closing(open_small(store)) as a:  # the next change brings checksums
        (store.parent / "广东2022.txt").write_text(EXTRA, encoding="utf-8")
        a.add([store.parent / "广东2022.txt"])
    with Store.open(store) as opened:
        assert opened.manifest.sealed and len(opened.documents()) == 4


@pytest.mark.parametrize(
    "name",
    [layout.VECTORS, layout.PLACES, "owners.npy", "owners-facts.json", layout.SUMS, "words/meta.json", layout.MANIFEST],
)
@pytest.mark.parametrize("how", ["flipped", "cut", "gone"])
def test_a_rebuild_restores_what_was_derived_and_embeds_nothing(store, lexicon, name, how):
    with Store.open(store) as opened:
        before = opened.documents()
    path = place_of(store) / name
    if how == "flipped":
        flip(path, path.stat().st_size // 2)
    elif how == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.unlink()
    model = Stub()
    assert building.rebuild_present(store, lexicon, model=model)
    assert model.encoded == [] and verify(store) == []
    with Store.open(store) as opened:
        assert opened.documents() == before


def test_a_damaged_name_in_the_documents_file_is_told_in_one_line(store, lexicon):
    """SQLite quotes the name, which is no text any more, and the generation before takes its place."""
    path = place_of(store) / layout.TRUTH
    path.write_bytes(path.read_bytes().replace(b"INDEX passages_span", b"INDEX pass\xffges_span"))
    with pytest.raises(StoreError, match="restore.*PATH --rebuild"):
        building.rebuild_present(store, lexicon, model=Stub())


def test_damaged_documents_are_never_replaced_by_others_unsaid(store, lexicon, caplog):
    path = place_of(store) / layout.TRUTH
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(StoreError, match="restore.*PATH --rebuild"):
        building.rebuild_present(store, lexicon, model=Stub())


def test_the_generation_before_serves_where_the_newest_is_damaged(store, lexicon, caplog):
    a = open_small(store)
    extra = store.parent / "广东2022.txt"
    extra.write_text(EXTRA, encoding="utf-8")
    a.add([extra])
    path = place_of(store) / layout.TRUTH
    path.write_bytes(b"\0" * path.stat().st_size)
    with caplog.at_level(logging.WARNING):
        found = salvage(store)
    assert {d.id for d in found} == set(REPORTS) and "older" in caplog.text
    a.close()


def test_salvage_of_nothing(tmp_path):
    assert salvage(tmp_path / "none") is None
    assert salvage(tmp_path) is None


@pytest.mark.parametrize("how", ["moved", "current", "newest", "manifest"])
def test_a_server_goes_on_with_what_it_has_opened(store, how, caplog):
    """The folder is pulled away, or a newer generation cannot be used: what was opened still answers."""
    a = open_small(store)
    a.warm()
    before = said(a.ask(QUESTIONS[0]))
    assert a.is_newest()
    if how == "moved":
        store.rename(store.parent / "elsewhere")
    elif how == "current":
        (store / "CURRENT").write_text("nonsense")
    elif how == "newest":
        layout.switch_current(store, 7)
    else:
        shutil.copytree(place_of(store), store / layout.folder_name(2))
        layout.switch_current(store, 2)
        flip(store / layout.folder_name(2) / layout.MANIFEST, 30)
    with caplog.at_level(logging.ERROR):
        assert said(a.ask(QUESTIONS[0])) == before
    assert "generation 1 still answers" in caplog.text and not a.is_newest()
    a.close()
