"""Reading files: encodings, what cannot be read and what the reader is told, folders, and sources.toml."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.corpus import files
from assistant.corpus.decoding import decode
from assistant.corpus.read import Failure, Intake, read_file, read_sources
from assistant.errors import CorpusError

TEXT = "山东省政府工作报告\n高新技术企业达到2.3万家。"


def write(folder, name, data=TEXT):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def read_source(path, folder=None):
    """The only document of a file."""
    ((source,), failures) = read_file(path, folder)
    assert failures == []
    return source


def told(path, folder=None):
    """What the user is told about a file that cannot be read."""
    with pytest.raises(CorpusError) as e:
        read_source(path, folder)
    return str(e.value)


# --- encodings


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("gb18030"),
        TEXT.encode("gbk"),
        TEXT.replace("\n", "\r\n").encode("utf-8"),
        TEXT.replace("\n", "\r").encode("gb18030"),
        (TEXT + "\x1a").encode("utf-8"),  # the end mark of DOS
    ],
    ids=["utf8", "bom", "utf16le", "utf16be", "gb18030", "gbk", "crlf", "cr", "ctrl-z"],
)
def test_every_encoding_gives_the_same_text(tmp_path, data):
    assert read_source(write(tmp_path, "a.txt", data)).text == TEXT


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40))
def test_any_text_survives_utf8_and_utf16(text):
    assert decode(text.encode("utf-8"), "a") == text.removeprefix("\ufeff")
    assert decode(b"\xff\xfe" + text.encode("utf-16-le"), "a") == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ["binary", "UTF-8"]),
        (TEXT.encode("utf-16-le"), ["UTF-16 without its mark", "save it"]),
        (b"text" * 5000 + b"\x01", ["binary"]),
        (b"\xff\xfe\x00\xd8", ["UTF-16-LE at byte 2", "save it"]),
        ("中文".encode() + b"\xff\xff", ["UTF-8 (broken at byte 6)", "GB18030", "save it as UTF-8"]),
        (b"", ["no text"]),
        (b" \n\t\xe3\x80\x80\n", ["no text"]),
    ],
)
def test_what_is_no_text_is_named_with_a_remedy(tmp_path, data, words):
    message = told(write(tmp_path, "报告.txt", data))
    assert "报告.txt" in message
    assert all(word in message for word in words)


# --- files that cannot be read


def test_missing_unknown_kind_and_folder(tmp_path):
    assert "no such file; check the path" in told(tmp_path / "none.txt")
    message = told(write(tmp_path, "a.doc"))
    assert "'.doc'" in message and ".txt .md .markdown" in message
    assert "'(none)'" in told(write(tmp_path, "README"))
    (tmp_path / "folder.txt").mkdir()
    assert "it is no file" in told(tmp_path / "folder.txt")


def test_a_path_that_no_system_takes(tmp_path):
    assert "check the path" in told(tmp_path / "a\0b.txt")
    assert "check the path" in told(tmp_path / ("长" * 300 + ".txt"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    assert "it is no file" in told(tmp_path / "a.txt")


def test_unreadable(tmp_path, monkeypatch):
    path = write(tmp_path, "a.txt")

    def closed(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", closed)
    assert "Permission denied; check the path and its permissions" in told(path)


def test_too_large_is_told_by_the_size_alone(tmp_path):
    with open(tmp_path / "a.txt", "wb") as f:
        f.truncate(2**31)  # two GiB of nothing, which take no room
    with pytest.raises(CorpusError, match="larger than 256 MiB; split it, or set max_file_mb"):
        read_file(tmp_path / "a.txt")
    write(tmp_path, "b.txt", b"x" * (2**20 + 1))
    _, (failure,) = read_sources([tmp_path / "b.txt"], Intake(max_file_mb=1))
    assert "larger than 1 MiB" in failure.reason


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = write(tmp_path, "a.txt")
    fstat = os.fstat

    def growing(fd):
        found = fstat(fd)
        with open(path, "ab") as f:
            f.write("。".encode())
        return found

    monkeypatch.setattr(files.os, "fstat", growing)
    assert "changed while it was read" in told(path)


# --- folders


def ids(*paths):
    return [s.id for s in read_sources(paths)[0]]


def test_a_folder_gives_its_files_of_known_kinds_sorted(tmp_path):
    for name in ["b.txt", "a.md", "c.doc", "~$b.docx", "deep/d.TXT", ".hidden.txt", ".git/e.txt", "sources.toml"]:
        write(tmp_path, name, "" if name == "sources.toml" else TEXT)
    sources, failures = read_sources([tmp_path])
    assert [s.id for s in sources] == ["a", "b", "deep/d"]
    assert failures == []


def test_a_file_that_fails_does_not_stop_the_others(tmp_path):
    bad = write(tmp_path, "bad.txt", b"\0")
    write(tmp_path, "good.txt")
    sources, failures = read_sources([tmp_path, tmp_path / "none.txt"])
    assert [s.id for s in sources] == ["good"]
    assert [f.path for f in failures] == [str(bad), str(tmp_path / "none.txt")]
    assert all(isinstance(f, Failure) and f.reason for f in failures)


def test_links_that_go_round_end(tmp_path):
    write(tmp_path, "sub/a.txt")
    try:
        (tmp_path / "sub" / "up").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    except OSError:
        pytest.skip("no links here")
    sources, failures = read_sources([tmp_path])
    assert [s.id for s in sources] == ["sub/a"]
    assert [f.path for f in failures] == [str(tmp_path / "loop.txt")]


def test_every_file_keeps_an_id_of_its_own(tmp_path):
    paths = [write(tmp_path, name) for name in ["x/a.md", "x/a.txt", "y/a.txt", "z/a.txt", "z/a-txt.txt"]]
    found = ids(*paths)
    assert found == sorted(["a", "a-txt", "a-txt-2", "a-txt-3", "a-txt-txt"])
    assert len(read_sources(paths)[0]) == len(paths)


def test_a_file_named_twice_is_one_document(tmp_path):
    path = write(tmp_path, "a.txt")
    assert ids(path, tmp_path, tmp_path / "." / "a.txt") == ["a"]


def test_a_name_that_is_no_utf8_can_be_stored(tmp_path):
    name = os.fsdecode(b"r\xff.txt")
    try:
        write(tmp_path, name)
    except (OSError, UnicodeError):
        pytest.skip("this system takes no such names")
    (source,) = read_sources([tmp_path])[0]
    assert source.id.encode("utf-8") == b"r?"


def test_an_empty_folder_gives_nothing(tmp_path):
    assert read_sources([tmp_path]) == ([], [])


def test_a_folder_that_is_closed_is_named(tmp_path, monkeypatch):
    def walk(path, onerror):
        onerror(PermissionError(13, "Permission denied", str(path)))
        return iter(())

    monkeypatch.setattr(files.os, "walk", walk)
    sources, (failure,) = read_sources([tmp_path])
    assert sources == []
    assert "Permission denied; check its permissions" in failure.reason


# --- sources.toml


def test_metadata(tmp_path):
    write(
        tmp_path,
        "sources.toml",
        '["d/a.txt"]\ntitle = "标题"\nprovince = "山东"\nyear = 2022\nnote = "n"\norigin = "o"\n',
    )
    write(tmp_path, "d/a.txt")
    (source,) = read_sources([tmp_path])[0]
    assert (source.title, source.province, source.year, source.note, source.origin) == ("标题", "山东", 2022, "n", "o")


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('["a.txt"\n', ["sources.toml", "line 1", "correct it"]),
        ('["a.txt"]\nyaer = 2022\n', ["'a.txt'", "unknown key 'yaer'", "year"]),
        ('["a.txt"]\nyear = "2022"\n', ["'year' is '2022'", "a whole number"]),
        ('["a.txt"]\nyear = true\n', ["'year' is True", "a whole number"]),
        ('["a.txt"]\ntitle = 5\n', ["'title' is 5", "text in quotation marks"]),
        ('"a.txt" = 5\n', ["is 5, no table"]),
        (b"\xff", ["sources.toml", "correct it or remove it"]),
    ],
)
def test_a_wrong_sources_file_says_where_and_what_to_do(tmp_path, toml, words):
    write(tmp_path, "sources.toml", toml)
    message = told(write(tmp_path, "a.txt"), tmp_path)
    assert all(word in message for word in words)
