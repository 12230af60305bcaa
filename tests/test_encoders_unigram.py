"""The quick unigram tokenizer against ``tokenizers``: the same ids and offsets, or none of its business."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from assistant.encoders.tokens import TextTokenizer
from assistant.encoders.unigram import build_unigram, load_unigram, save_unigram

PIECES = [("<s>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -1.5), ("▁a", -2.0), ("a", -3.0), ("b", -3.0), ("ab", -4.5),
          ("▁ab", -4.0), ("bab", -5.0), ("山", -4.0), ("东", -4.0), ("山东", -5.0), ("▁山", -4.5), ("8", -3.0), ("%", -3.0),
          ("8%", -4.0), ("1", -3.0), ("I", -3.0), ("II", -4.0), (":", -2.0), ("q", -3.0), ("～", -6.0)]  # fmt: skip


def build(**changes) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(PIECES, unk_id=2, byte_fallback=False))
    tokenizer.normalizer = changes.get(
        "normalizer",
        normalizers.Sequence(
            [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")],
        ),
    )
    tokenizer.pre_tokenizer = changes.get("pre_tokenizer", pre_tokenizers.Metaspace())
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    tokenizer.add_special_tokens(["</s>"])
    return tokenizer


@pytest.fixture(scope="module")
def both():
    tokenizer = build()
    return tokenizer, build_unigram(tokenizer)


@pytest.fixture(scope="module")
def quick(both, tmp_path_factory):
    """(with the quick file, without)"""
    folder = tmp_path_factory.mktemp("unigram")
    both[0].save(str(folder / "tokenizer.json"))
    save_unigram(both[1], folder)
    return TextTokenizer(folder / "tokenizer.json", folder / "unigram.npz"), TextTokenizer(folder / "tokenizer.json")


CHARS = "aabb山东 8％%①Ⅱ½㎞\n\t　：q～－xyz<s>/é😀、。“”"


@given(st.one_of(st.text(alphabet=CHARS, max_size=20), st.text(max_size=8)))
def test_ids_and_offsets_are_the_same(both, text):
    tokenizer, unigram = both
    encoded = unigram.encode(text)
    if encoded is not None:
        expected = tokenizer.encode(text, add_special_tokens=False)
        assert encoded == (expected.ids, expected.offsets)


@given(st.text(alphabet=CHARS), st.sampled_from(["", "q: "]))
def test_both_ways_split_prompt_and_text_alike(quick, text, prompt):
    fast, full = quick
    assert fast.tokenize([text], prompt) == full.tokenize([text], prompt)
    assert fast.count([text], prompt) == full.count([text], prompt)


@pytest.mark.parametrize("text", ["e\u0301", "한국", "\r\n", "´", "a\u200db", "a</s>b", "▁a", "नमस्ते"])
def test_what_depends_on_neighbours_is_left_to_the_full_tokenizer(both, text):
    assert both[1].encode(text) is None


def test_neighbouring_unknown_characters_are_one_token(both):
    # "▁" -1.5, then x, y, z: none is a piece, each -6 - 10
    assert both[1].encode("xyz山") == ([3, 2, 10], [(0, 1), (0, 3), (3, 4)])


def test_saving_and_loading_changes_nothing(both, tmp_path):
    save_unigram(both[1], tmp_path)
    loaded = load_unigram(tmp_path / "unigram.npz")
    for name in ("hashes", "ids", "scores"):
        assert np.array_equal(getattr(loaded, name), getattr(both[1], name))
    assert (loaded.normal, loaded.left, loaded.added) == (both[1].normal, both[1].left, both[1].added)
    assert (loaded.head, loaded.tail, loaded.unknown_score) == ((0,), (1,), -16.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"normalizer": normalizers.Sequence([normalizers.NFKC()])},
        {"normalizer": normalizers.Sequence([normalizers.Strip(), normalizers.Replace(Regex(" {2,}"), " ")])},
        {"normalizer": normalizers.NFKC()},
        {"pre_tokenizer": pre_tokenizers.Metaspace(prepend_scheme="never")},
        {"pre_tokenizer": pre_tokenizers.Whitespace()},
    ],
)
def test_a_tokenizer_that_does_more_has_none(changes):
    assert build_unigram(build(**changes)) is None


def test_another_kind_of_model_has_none():
    assert build_unigram(Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))) is None
