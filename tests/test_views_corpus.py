"""Changing the corpus from the page: who may, what is taken, what is told, and what other readers have meanwhile."""

from __future__ import annotations

import contextlib
import http.client
import io
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from serving import Scripted, serving
from small_reports import REPORTS, small_reports

from assistant.assistant import Assistant
from assistant.errors import StoreError
from assistant.settings import Settings
from assistant.ui.corpus import (
    MAX_FILES,
    AddRequest,
    ContentsRequest,
    JobRequest,
    RebuildRequest,
    RemoveRequest,
    StopRequest,
    Upload,
    _Corpus,
    _named,
)
from assistant.ui.jobs import Busy, Jobs, Outcome
from assistant.ui.messages import say
from assistant.ui.mounting import Refused, is_foreign

REPORT = """湖南省2023年政府工作报告
一、2022年工作回顾
地区生产总值增长4.5%。
二、2023年工作安排
今年的主要预期目标是：地区生产总值增长6.5%左右。"""


@pytest.fixture
def corpus(tmp_path):
    """A corpus of its own that may be changed, and the set of files that were uploaded."""
    shutil.copytree(small_reports().settings.store_dir, tmp_path / "store")
    opened = Assistant.open(settings=Settings(store=tmp_path / "store", allow_upload=True))
    uploaded: set[str] = set()
    made = _Corpus(opened, uploaded, Jobs())
    yield SimpleNamespace(view=made, uploaded=uploaded, assistant=opened, folder=tmp_path)
    made._jobs.wait()
    opened.close()


def upload(corpus, name: str, content: str | bytes) -> Upload:
    path = corpus.folder / f"upload-{len(corpus.uploaded)}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    corpus.uploaded.add(str(path))
    return Upload(path=str(path), name=name)


def ended(corpus, language="zh") -> str:
    """What the page says once the change is over."""
    corpus.view._jobs.wait()
    got = corpus.view.job(JobRequest(language=language))
    assert not got["running"]
    return got["html"]


def test_a_file_is_added_and_answers_the_next_question(corpus):
    other = Assistant.open(settings=corpus.assistant.settings)
    before = other.ask("湖南2023年地区生产总值目标是多少？")
    assert before.reason == "province_absent"
    corpus.view.begin_adding(AddRequest(files=[upload(corpus, "湖南省2023年政府工作报告.txt", REPORT)]))
    html = ended(corpus)
    assert say("zh", "job_done", n=2) in html
    assert "已加入 · 湖南 · 2023年" in html
    after = other.ask("湖南2023年地区生产总值目标是多少？")  # another reader, who did nothing
    assert after.short == "6.5%左右"
    assert after.index_generation == before.index_generation + 1
    assert corpus.uploaded == set()
    assert not list(corpus.folder.glob("upload-*"))  # nothing of it stays behind
    other.close()


def test_each_file_gets_its_own_reason(corpus):
    files = [
        upload(corpus, "湖南省2023年政府工作报告.txt", REPORT),
        upload(corpus, "setup.txt", b"MZ\x90\x00\x03"),
        upload(corpus, "空.md", "  \n"),
        upload(corpus, "乱码.txt", "中".encode() + b"\xff\xff\xfe\x81"),
        upload(corpus, "程序.exe", b"MZ"),
        upload(corpus, "无名.txt", "没有写省份，也没有写年份。"),
    ]
    corpus.view.begin_adding(AddRequest(files=files))
    html = ended(corpus)
    for said in (
        "已加入 · 湖南",
        "可能是程序、图片或压缩包",
        "文件里没有文字",
        "既不是 UTF-8，也不是 GB18030",
        "不支持 .exe 文件",
        "没有认出省份或年份",
    ):
        assert html.count(said) == 1, said
    assert ended(corpus, "en").count("The content is not text") == 1
    assert {h.id for h in corpus.assistant.contents()} >= {"湖南省2023年政府工作报告", "无名"}


def test_files_of_many_documents_tell_what_was_made_of_them_and_what_was_not(corpus):
    rows = f'省份,年份,正文\n湖南,2023,"{REPORT}"\n湖北,2023,\n江西,2023,"{REPORT.replace("湖南", "江西")}"\n'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("安徽省2023年政府工作报告.txt", REPORT.replace("湖南", "安徽"))
        archive.writestr("空.txt", " ")
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("a.txt", b"\0")
    files = [
        upload(corpus, "报告.csv", rows),
        upload(corpus, "包.zip", packed.getvalue()),
        upload(corpus, "坏.zip", broken.getvalue()),
        upload(corpus, "坏.pdf", b"%PDF-1.7 and no more"),
    ]
    corpus.view.begin_adding(AddRequest(files=files))
    html = ended(corpus)
    listed = dict(re.findall(r'class="sw-v-file-(\w+)"><span>([^<]*)</span>', html)[i][::-1] for i in range(4))
    assert listed == {"报告.csv": "done", "包.zip": "done", "坏.zip": "failed", "坏-2.pdf": "failed"}
    assert "2 份文档" in html
    assert "有一部分没有读：第 2 行没有正文" in html
    assert "有一部分没有读：空.txt：文件里没有文字" in html
    assert "可能是程序、图片或压缩包" in html
    assert "文件不完整、已损坏" in html
    assert "shengwen-" not in html  # where the server put them for a moment
    assert "Not all of it was read: row 2 holds no text" in ended(corpus, "en")
    corpus.view.begin_adding(AddRequest(files=[upload(corpus, "报告.csv", rows)]))
    assert "已替换同名文档 · 2 份文档" in ended(corpus)


def test_nothing_readable_changes_nothing(corpus):
    corpus.view.begin_adding(AddRequest(files=[upload(corpus, "a.txt", b"\0"), upload(corpus, "b.txt", b"")]))
    html = ended(corpus)
    assert say("zh", "job_nothing") in html
    assert html.count("sw-v-file-failed") == 2
    assert corpus.assistant.generation == 1


def test_a_document_of_the_same_name_is_replaced(corpus):
    name = next(h.id for h in corpus.assistant.contents() if h.province == "浙江")
    corpus.view.begin_adding(AddRequest(files=[upload(corpus, f"{name}.txt", REPORTS["浙江"].replace("3.1%", "9.9%"))]))
    assert say("zh", "file_replaced") in ended(corpus)
    assert corpus.assistant.ask("浙江2022年地区生产总值增长多少？").short == "9.9%"
    assert len(corpus.assistant.contents()) == len(REPORTS)


def test_documents_are_removed_but_not_the_last(corpus):
    ids = [h.id for h in corpus.assistant.contents()]
    corpus.view.begin_removing(RemoveRequest(docs=ids[:1]))
    assert say("zh", "job_done", n=2) in ended(corpus)
    assert [h.id for h in corpus.assistant.contents()] == ids[1:]
    corpus.view.begin_removing(RemoveRequest(docs=ids[1:]))
    assert say("zh", "why_last") in ended(corpus)
    assert [h.id for h in corpus.assistant.contents()] == ids[1:]


def test_a_rebuild_keeps_the_documents(corpus):
    before = corpus.assistant.contents()
    corpus.view.begin_rebuilding(RebuildRequest())
    assert say("zh", "job_done", n=2) in ended(corpus)
    assert corpus.assistant.contents() == before
    assert corpus.assistant.generation == 2


def test_paths_that_were_not_uploaded_are_refused(corpus):
    secret = corpus.folder / "secret.txt"
    secret.write_text("秘密")
    with pytest.raises(Refused, match="重新上传"):
        corpus.view.begin_adding(AddRequest(files=[Upload(path=str(secret), name="a.txt")]))
    assert corpus.view._jobs.current() is None


def test_an_upload_that_is_gone_is_told_so(corpus):
    file = upload(corpus, "a.txt", REPORT)
    Path(file.path).unlink()
    corpus.view.begin_adding(AddRequest(files=[file]))
    assert say("zh", "why_gone") in ended(corpus)


def test_too_many_files_and_none(corpus):
    with pytest.raises(Refused, match="一次最多添加 100 个"):
        corpus.view.begin_adding(AddRequest(files=[Upload(path="x", name="y")] * (MAX_FILES + 1)))
    with pytest.raises(Refused, match="没有可以添加的文件"):
        corpus.view.begin_adding(AddRequest(files=[]))
    with pytest.raises(Refused, match="请先选中"):
        corpus.view.begin_removing(RemoveRequest(docs=[]))


def test_who_may_not_change_the_corpus_cannot(corpus):
    corpus.assistant.settings = corpus.assistant.settings.model_copy(update={"allow_upload": False})
    for call in (
        lambda: corpus.view.begin_adding(AddRequest(files=[upload(corpus, "a.txt", REPORT)])),
        lambda: corpus.view.begin_removing(RemoveRequest(docs=["x"])),
        lambda: corpus.view.begin_rebuilding(RebuildRequest()),
        lambda: corpus.view.stop(StopRequest()),
    ):
        with pytest.raises(Refused, match="--allow-upload"):
            call()
    assert corpus.view.job(JobRequest())["html"] == ""
    assert 'type="checkbox"' not in corpus.view.contents(ContentsRequest())["html"]
    assert corpus.view._jobs.current() is None


def test_another_writer_is_named_in_plain_words(corpus, monkeypatch):
    def locked(*_):
        raise StoreError("the store 'x' is being written by another process (pid 1): wait for it to end, or stop it")

    monkeypatch.setattr(corpus.assistant, "rebuild", locked)
    corpus.view.begin_rebuilding(RebuildRequest())
    html = ended(corpus)
    assert "另一个程序正在更新索引库" in html
    assert "pid" not in html


def test_one_change_at_a_time():
    jobs, begun, go = Jobs(), threading.Event(), threading.Event()

    def work(progress):
        progress("documents", 0, 2)
        begun.set()
        assert go.wait(20)
        progress("documents", 2, 2)
        return Outcome(7)

    jobs.begin("rebuild", (), work)
    assert begun.wait(20)
    assert jobs.current().stage == "documents"
    with pytest.raises(Busy):
        jobs.begin("rebuild", (), work)
    go.set()
    jobs.wait()
    assert jobs.current().state == "done"
    assert jobs.current().outcome.generation == 7
    jobs.begin("rebuild", (), lambda progress: Outcome(8))  # and then the next
    jobs.wait()
    assert jobs.current().number == 2


def test_a_change_stops_when_asked_and_not_once_it_switches():
    jobs, begun, go = Jobs(), threading.Event(), threading.Event()
    reached = []

    def work(stage):
        def run(progress):
            begun.set()
            assert go.wait(20)
            progress(stage, 0, 1)
            reached.append(stage)
            return Outcome(1)

        return run

    for stage, state in (("embed", "stopped"), ("switch", "done")):
        begun.clear()
        go.clear()
        jobs.begin("rebuild", (), work(stage))
        assert begun.wait(20)
        jobs.stop()
        go.set()
        jobs.wait()
        assert jobs.current().state == state
    assert reached == ["switch"]


def test_a_stopped_build_leaves_the_corpus_as_it_was(corpus, monkeypatch):
    def stopping(self, stage, done, total):
        if stage == "words":
            self.stop()
        return report(self, stage, done, total)

    report = Jobs._report
    monkeypatch.setattr(Jobs, "_report", stopping)
    corpus.view.begin_adding(AddRequest(files=[upload(corpus, "湖南省2023年政府工作报告.txt", REPORT)]))
    html = ended(corpus)
    assert say("zh", "job_stopped") in html
    assert say("zh", "file_stopped") in html
    assert corpus.assistant.generation == 1
    assert corpus.assistant.verify() == []


def test_the_time_left_follows_the_pace_of_the_stage():
    now = [100.0]
    jobs, told = Jobs(clock=lambda: now[0]), []

    def work(progress):
        progress("embed", 0, 10)
        told.append(jobs.current().left)
        now[0] += 8
        progress("embed", 4, 10)
        told.append(jobs.current().left)
        progress("vectors", 0, 10)
        told.append(jobs.current().left)
        return Outcome(1)

    jobs.begin("rebuild", (), work)
    jobs.wait()
    assert told == [None, 12.0, None]  # 8 s for 4: 12 s for the 6 that are left
    assert jobs.current().left is None


ENDING = """
import threading
from assistant.ui.jobs import Jobs
begun = threading.Event()
def work(report):
    begun.set()
    try:
        while True:
            report("embed", 1, 2)
    except BaseException as e:
        print(type(e).__name__)
        raise
Jobs().begin("add", (), work)
begun.wait()
"""


def test_a_change_stops_before_its_process_ends():
    """Else Python would end under it, and whatever library it is inside would abort the process."""
    ended = subprocess.run([sys.executable, "-c", ENDING], capture_output=True, text=True, timeout=100)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "_Stopped\n", "")


def test_an_unexpected_failure_ends_the_change(caplog):
    jobs = Jobs()

    def work(progress):
        raise RuntimeError("odd")

    jobs.begin("rebuild", (), work)
    jobs.wait()
    assert (jobs.current().state, jobs.current().why) == ("failed", "odd")
    assert "a change of the corpus failed" in caplog.text


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (["../../etc/passwd.txt"], ["passwd.txt"]),
        (["C:\\x\\报告.txt"], ["报告.txt"]),
        ([".hidden.txt", "\0\n.txt"], ["hidden.txt", "txt"]),
        (["a.txt", "a.txt", "a.md", "a-2.txt"], ["a.txt", "a-2.txt", "a-3.md", "a-2-2.txt"]),
        (["长" * 500 + ".txt"], ["长" * 120 + ".txt"]),
        ([""], ["document.txt"]),
    ],
)
def test_names_of_uploads_are_tamed(given, named):
    assert list(_named([Upload(path=str(i), name=name) for i, name in enumerate(given)])) == named


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site", "origin": "http://a", "host": "a"}, True),
        ({"origin": "http://a:1", "host": "a:1"}, False),
        ({"origin": "http://b:1", "host": "a:1"}, True),
        ({"origin": "https://a", "host": "10.0.0.1:7860", "x-forwarded-host": "a"}, False),
        ({"host": "a:1"}, False),
    ],
)
def test_calls_of_other_sites_are_known(headers, foreign):
    from gradio.context import LocalContext

    token = LocalContext.request.set(SimpleNamespace(headers=headers))
    try:
        assert is_foreign() is foreign
    finally:
        LocalContext.request.reset(token)


def _multipart(content: bytes) -> tuple[bytes, str]:
    body = b'--b\r\ncontent-disposition: form-data; name="files"; filename="a.txt"\r\n\r\n' + content + b"\r\n--b--\r\n"
    return body, "multipart/form-data; boundary=b"


def test_a_server_that_takes_no_files_takes_none():
    body, kind = _multipart(b"x")
    with serving(Scripted()) as client:
        for path in ("/gradio_api/upload", "/gradio_api/upload/", "/gradio_api/upload?upload_id=1"):
            status, got, _ = client.send("POST", path, body, content_type=kind)
            assert status == 403
            assert "--allow-upload" in got["error"]["message"]


def test_files_are_taken_up_to_their_limit():
    with serving(Scripted(settings=Settings(allow_upload=True, max_upload_mb=1))) as client:
        body, kind = _multipart(b"x" * 1_000_000)  # more than other requests may have
        status, got, _ = client.send("POST", "/gradio_api/upload", body, content_type=kind)
        assert status == 200
        assert got[0].endswith("a.txt")
        Path(got[0]).unlink()
        body, kind = _multipart(b"x" * 1_020_000)
        status, got, _ = client.send("POST", "/gradio_api/upload", body, content_type=kind)
        assert status == 413
        assert "1,000,000 bytes" in got["error"]["message"]
        status, got, _ = client.send("POST", "/api/ask", b"x" * 1_000_001)  # the limit elsewhere stays
        assert status == 413


def test_a_file_that_does_not_say_how_long_it_is_ends_at_the_limit():
    body, kind = _multipart(b"x" * 1_100_000)
    with serving(Scripted(settings=Settings(allow_upload=True, max_upload_mb=1))) as client:
        connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=60)
        pieces = (body[i : i + 50_000] for i in range(0, len(body), 50_000))
        connection.request("POST", "/gradio_api/upload", pieces, {"content-type": kind}, encode_chunked=True)
        with contextlib.suppress(ConnectionError, http.client.HTTPException):
            assert connection.getresponse().status != 200
        connection.close()
        assert client.send("GET", "/healthz")[0] == 200
