"""Preparing and using any sentence-transformers model, on a tiny one with random weights and cls pooling."""

import json
import multiprocessing
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.encoders import Model, export, manifest, open_model, preparation
from assistant.encoders.model import family_prompts
from assistant.encoders.passages import batches
from assistant.encoders.preparation import Source, find_source
from assistant.encoders.questions import join, unit
from assistant.encoders.tokens import TextTokenizer, Tokenized
from assistant.errors import LexiconError, ModelUnavailable
from assistant.settings import Settings
from assistant.types import Encoded

ALPHABET = "abcdefghijklmnopqrstuvwxyz:，。山东省年高新技术企业0123456789"
LIMIT = 24


def write_tiny_model(folder: Path, *, pooling: str = "cls") -> Path:
    """A BERT of 2 layers, 32 wide, with a token for each character; no prompts of its own."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    folder.mkdir(parents=True)
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *ALPHABET, *(f"##{c}" for c in ALPHABET)]
    tokenizer = Tokenizer(models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    torch.manual_seed(7)
    BertModel(
        BertConfig(
            vocab_size=len(pieces),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=48,
            max_position_embeddings=LIMIT,
        )
    ).save_pretrained(folder)
    files = {
        "tokenizer_config.json": names | {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": LIMIT},
        "sentence_bert_config.json": {"max_seq_length": LIMIT, "do_lower_case": False},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": 32, "pooling_mode": pooling},
    }
    (folder / "1_Pooling").mkdir()
    for name, value in files.items():
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> tuple[Settings, Path]:
    """A model of the e5 family by its name, so that prompts come from the lexicon."""
    root = tmp_path_factory.mktemp("tiny")
    folder = write_tiny_model(root / "tiny-e5-small")
    return Settings(model=str(folder), cache=root / "cache"), folder


@pytest.fixture(scope="module")
def model(tiny) -> Model:
    return open_model(tiny[0])


TEXTS = ["高新技术企业", "a b c", "", "？", "abc，山东 2022年", "Z" * 9, "山" * 14]


def test_prompts_come_from_the_family(model):
    assert (model.query_prompt, model.passage_prompt) == ("query: ", "passage: ")


def test_questions_are_the_same_through_both_ways(model):
    assert model.no_graph == ""
    texts = [*TEXTS, "山东省" * 40]
    for text, a, b in zip(texts, model.encode_queries(texts), model.encode_queries_reference(texts), strict=True):
        assert a.tokens.shape == b.tokens.shape, text
        np.testing.assert_allclose(a.pooled, b.pooled, atol=1e-3, err_msg=text)
        np.testing.assert_allclose(a.tokens, b.tokens, atol=1e-3, err_msg=text)


def test_passages_equal_the_models_own_encode(model, tiny):
    from assistant.encoders.passages import load_sentence_transformer

    theirs = load_sentence_transformer(str(tiny[1]), local=True).encode(TEXTS, prompt="passage: ")
    ours = dict(model.encode_passages(TEXTS))
    assert sorted(ours) == list(range(len(TEXTS)))
    np.testing.assert_allclose(np.stack([ours[i].pooled for i in range(len(TEXTS))]), unit(theirs), atol=1e-5)


def test_vectors_are_unit_and_rows_are_the_texts_own_tokens(model):
    for i, encoded in model.encode_passages(TEXTS):
        assert encoded.pooled.dtype == encoded.tokens.dtype == np.float32
        assert np.isclose(np.linalg.norm(encoded.pooled), 1, atol=1e-5)
        np.testing.assert_allclose(np.linalg.norm(encoded.tokens, axis=1), 1, atol=1e-5)
        assert len(encoded.tokens) == len(model.token_offsets(TEXTS[i])), TEXTS[i]
    assert len(model.encode_queries(["山东"])[0].tokens) == 2


def test_a_question_does_not_depend_on_its_company(model):
    alone = [model.encode_queries([t])[0] for t in TEXTS]
    for a, b in zip(alone, model.encode_queries(TEXTS), strict=True):
        assert np.array_equal(a.pooled, b.pooled) and np.array_equal(a.tokens, b.tokens)


def test_no_texts_give_no_vectors(model):
    assert model.encode_queries([]) == []
    assert list(model.encode_passages([])) == []
    assert model.count_tokens([]) == []


def test_a_passage_too_long_is_refused_at_once(model):
    # "passage: " is 8 tokens here, with [CLS] and [SEP] 10: 14 characters fit in 24
    fits, too_long = "山" * 14, "山" * 15
    assert model.count_tokens([fits, too_long]) == [24, 25]
    with pytest.raises(ValueError, match="text 1 .* has 25 tokens, the model takes 24"):
        model.encode_passages([fits, too_long])


def test_offsets_point_into_the_text(model):
    text = "abc，山东 2022年"
    assert "".join(text[a:b] for a, b in model.token_offsets(text)) == text.replace(" ", "")


@given(st.text(alphabet=ALPHABET + " \n😀"))
def test_offsets_grow_and_stay_inside(model, text):
    offsets = model.token_offsets(text)
    assert all(0 <= a <= b <= len(text) for a, b in offsets)
    assert offsets == sorted(offsets)


def test_opening_again_prepares_nothing(tiny, model, monkeypatch):
    def fail(*args):
        raise AssertionError("prepared again")

    monkeypatch.setattr("assistant.encoders.model.prepare", fail)
    again = open_model(tiny[0])
    assert again.fingerprint == model.fingerprint
    assert again.dimension == 32 and again.max_tokens == LIMIT


@pytest.mark.parametrize("damage", ["truncated", "missing", "no manifest", "half a manifest", "other format"])
def test_a_damaged_folder_is_prepared_again(tiny, model, tmp_path, damage):
    config = tiny[0].model_copy(update={"cache": tmp_path})
    copy = tmp_path / "models" / model.folder.name
    shutil.copytree(model.folder, copy)
    assert manifest.read_prepared(copy) is not None
    graph, names = copy / export.GRAPH, copy / manifest.MANIFEST
    if damage == "truncated":
        graph.write_bytes(graph.read_bytes()[:100])
    elif damage == "missing":
        graph.unlink()
    elif damage == "no manifest":
        names.unlink()
    elif damage == "half a manifest":
        names.write_text(names.read_text()[:50])
    else:
        names.write_text(names.read_text().replace(f'"format": {manifest.FORMAT}', '"format": 0'))
    assert manifest.read_prepared(copy) is None
    repaired = manifest.write_once(copy, lambda new: _copy(model.folder, new))
    assert repaired == manifest.read_prepared(copy)
    assert open_model(config).encode_queries(["山"])[0].pooled.shape == (32,)
    assert [p.name for p in copy.parent.iterdir() if p.is_dir()] == [copy.name]


def _copy(source: Path, new: Path) -> manifest.Prepared:
    prepared = manifest.read_prepared(source)
    for path in source.iterdir():
        if path.name != manifest.MANIFEST:
            shutil.copy(path, new)
    return prepared


def test_a_failed_preparation_leaves_nothing(tmp_path):
    def build(new):
        (new / "half").write_text("x")
        raise ModelUnavailable("no")

    with pytest.raises(ModelUnavailable):
        manifest.write_once(tmp_path / "m", build)
    assert [p for p in tmp_path.iterdir() if p.is_dir()] == []


def _build_in_another_process(folder, source, log):
    def build(new):
        with open(log, "a") as f:
            f.write("built\n")
        return _copy(source, new)

    manifest.write_once(folder, build)


def test_of_two_processes_one_prepares(model, tmp_path):
    context = multiprocessing.get_context("spawn")
    arguments = (tmp_path / "m", model.folder, tmp_path / "log")
    both = [context.Process(target=_build_in_another_process, args=arguments) for _ in range(2)]
    for p in both:
        p.start()
    for p in both:
        p.join()
    assert [p.exitcode for p in both] == [0, 0]
    assert (tmp_path / "log").read_text() == "built\n"
    assert manifest.read_prepared(tmp_path / "m") is not None


def test_fingerprint_follows_weights_and_prompts(tiny, model):
    prepared = manifest.read_prepared(model.folder)
    prompts = {"query": "query: ", "passage": "passage: "}
    assert Model(prepared, model.folder, prompts).fingerprint == model.fingerprint
    assert Model(prepared, model.folder, prompts | {"query": ""}).fingerprint != model.fingerprint
    weights = tiny[1] / "model.safetensors"
    before = preparation._content_hash(tiny[1], tiny[1] / "tokenizer.json")
    content = weights.read_bytes()
    try:
        weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert preparation._content_hash(tiny[1], tiny[1] / "tokenizer.json") != before
        assert find_source(str(tiny[1])).key != model.folder.name.rpartition("-")[2]
    finally:
        weights.write_bytes(content)


def test_a_model_that_cannot_be_exported_still_answers(tiny, tmp_path, monkeypatch):
    def fail(encoder, folder):
        raise RuntimeError("unsupported operator\nand more")

    monkeypatch.setattr(preparation, "export_encoder", fail)
    slow = open_model(tiny[0].model_copy(update={"cache": tmp_path}))
    assert slow.no_graph == "export failed: RuntimeError: unsupported operator"
    assert slow.encode_queries(["山东"])[0].tokens.shape == (2, 32)


def test_other_pooling_goes_through_sentence_transformers(tmp_path):
    folder = write_tiny_model(tmp_path / "plain", pooling="max")
    model = open_model(Settings(model=str(folder), cache=tmp_path / "cache"))
    assert "pooling 'max'" in model.no_graph
    assert model.query_prompt == ""
    assert model.encode_queries(["山东"])[0].tokens.shape == (2, 32)


@pytest.mark.parametrize(
    "name", ["./nowhere", "/no/such/folder", "~/nowhere-at-all", "a/b/c", "../nowhere", "two words"]
)
def test_a_missing_folder_is_named(name):
    with pytest.raises(ModelUnavailable, match="no such folder"):
        find_source(name)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelUnavailable, match=r"neither modules.json nor config.json"):
        find_source(str(tmp_path))


def test_a_broken_model_is_refused(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelUnavailable, match=r"cannot be loaded.*set `model`"):
        open_model(Settings(model=str(tmp_path), cache=tmp_path / "cache"))


def test_a_hub_name_out_of_reach_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelUnavailable, match=r"'someone/unheard-of' cannot be loaded.*copy"):
        open_model(Settings(model="someone/unheard-of", cache=tmp_path))


def test_a_cache_that_cannot_be_written_is_named(tiny, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ModelUnavailable, match="set `cache`"):
        open_model(tiny[0].model_copy(update={"cache": blocked}))


def test_two_folders_of_one_name_do_not_share(tmp_path):
    keys = set()
    for parent in ("a", "b"):
        (tmp_path / parent / "m").mkdir(parents=True)
        (tmp_path / parent / "m" / "config.json").write_text("{}")
        keys.add(find_source(str(tmp_path / parent / "m")).slug)
    assert len(keys) == 2 and all(k.startswith("m-") for k in keys)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("intfloat/multilingual-e5-large", "query: "),
        ("BAAI/bge-large-zh-v1.5", "为这个句子生成表示以用于检索相关文章："),
        ("BAAI/bge-m3", ""),
        ("someone/unheard-of", ""),
    ],
)
def test_families(name, query):
    assert family_prompts(Source(name, "k"))["query"] == query


def test_a_wrong_family_file_is_named(tmp_path, monkeypatch):
    (tmp_path / "models.toml").write_text("family = 1")
    monkeypatch.setattr("assistant.encoders.model.data_dir", lambda room: tmp_path)
    with pytest.raises(LexiconError, match="models.toml"):
        family_prompts(Source("m", "k"))


@given(st.integers(0, 60), st.integers(4, 20))
def test_windows_lose_nothing(own, limit):
    whole = Tokenized((0, 1, *range(100, 100 + own), 2), 2, 2 + own, tuple((i, i + 1) for i in range(own)))
    parts = whole.windows(limit)
    assert [i for p in parts for i in p.ids[p.first : p.last]] == list(range(100, 100 + own))
    assert [o for p in parts for o in p.offsets] == list(whole.offsets)
    assert all(len(p.ids) <= limit and p.ids[:2] == (0, 1) and p.ids[-1] == 2 for p in parts)
    assert max(len(p.ids) for p in parts) - min(len(p.ids) for p in parts) <= 1


def test_a_prompt_longer_than_the_model_is_a_mistake():
    with pytest.raises(ValueError, match="the prompt alone has 3 tokens"):
        Tokenized((0, 1, 9, 2), 2, 3, ((0, 1),)).windows(3)


def test_parts_are_joined_by_length():
    x, y = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
    joined = join([Encoded(x, np.stack([x, x, x])), Encoded(y, np.stack([y]))])
    np.testing.assert_allclose(joined.pooled, np.array([3, 1]) / np.sqrt(10), atol=1e-6)
    assert joined.tokens.tolist() == [[1, 0], [1, 0], [1, 0], [0, 1]]


@given(st.lists(st.integers(1, 50)), st.integers(1, 200))
@settings(max_examples=50)
def test_batches_hold_every_text_once_within_the_budget(counts, budget):
    found = batches(counts, budget)
    assert sorted(i for b in found for i in b) == list(range(len(counts)))
    assert all(len(b) == 1 or len(b) * max(counts[i] for i in b) <= budget for b in found)


def test_the_table_is_read_where_the_model_has_it(model, tiny):
    prepared = manifest.read_prepared(model.folder)
    assert Path(prepared.table_file) == tiny[1] / "model.safetensors"
    assert not (model.folder / "word_embeddings.npy").exists()


def test_a_table_of_another_format_is_copied(tiny, tmp_path):
    from assistant.encoders.passages import load_sentence_transformer

    encoder = load_sentence_transformer(str(tiny[1]), local=True)[0].auto_model
    table = export.locate_table(encoder, tmp_path, tmp_path)
    rows = export.open_table(table)
    np.testing.assert_allclose(rows, encoder.get_input_embeddings().weight.detach().numpy(), atol=1e-3)


def test_the_tokenizer_ignores_a_files_truncation(tiny, tmp_path):
    content = json.loads((tiny[1] / "tokenizer.json").read_text())
    content["truncation"] = {"direction": "Right", "max_length": 5, "strategy": "LongestFirst", "stride": 0}
    (tmp_path / "tokenizer.json").write_text(json.dumps(content))
    assert TextTokenizer(tmp_path / "tokenizer.json").count(["山" * 50], "") == [52]
