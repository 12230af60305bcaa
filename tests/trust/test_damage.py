"""One bit of a store is turned over, or its folder is gone: it is found and named, and never served as an answer."""

from __future__ import annotations

import json
import logging
import shutil

import pytest
from small import EXTRA, QUESTIONS, REPORTS, Stub, open_small

from assistant import building
from assistant.doctor import examine
from assistant.errors import StoreError
from assistant.lexicon import load_lexicon
from assistant.store import Store, layout, reader, salvage, verify


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


def test_in_a_store_too_large_to_compare_at_opening_no_damaged_text_is_quoted(store, monkeypatch, tally):
    """Wherever a bit of the documents' file is turned over: the answer as before, an error, or none of the quotes."""
    monkeypatch.setattr(reader, "CHECKED_BYTES", 0)
    path = place_of(store) / layout.TRUTH
    whole = path.read_bytes()
    target = "高新技术企业达到2.6万家".encode()
    places = [i for i in range(len(whole)) if whole.startswith(target, i)]
    assert places
    for start in places:
        flip(path, start + target.index(b"2.6"))
        try:
            answer = open_small(store).ask(QUESTIONS[0])
            for citation in answer.citations:
                assert citation.quote in "".join(REPORTS.values())
            tally["flips found"] += 1
        except StoreError as e:
            assert "damaged" in str(e) and "--rebuild" in str(e)
            tally["flips found"] += 1
        path.write_bytes(whole)


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
