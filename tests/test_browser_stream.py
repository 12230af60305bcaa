# ruff: noqa: F401, F811 (fixtures are imported under the names of their arguments)
"""No question and nothing typed is lost on the way, whatever the stream of events does; in a real Chromium.

The network between page and server is a script below the page's own: it keeps, delays, drops or cuts what the server sends.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browsing import MARKS, Reader, browser, reader
from serving import Scripted, Waiting, serving

pytestmark = MARKS

NETWORK = """
(() => {
  const real = window.fetch, network = (window.network = { does: "keep", late: 0, waiting: [] });
  const farewell = /data: [^\\n]*"close_stream"[^\\n]*\\n\\n/;
  const through = (body) => {
    const letters = new TextDecoder(), bytes = new TextEncoder();
    return body.pipeThrough(new TransformStream({ async transform(chunk, out) {
      const text = letters.decode(chunk), at = text.search(farewell);
      if (network.does === "hush") await new Promise(() => {});
      if (network.does === "cut") return out.terminate();
      if (at < 0) return out.enqueue(chunk);
      out.enqueue(bytes.encode(text.slice(0, at)));
      if (network.does === "drop") return;
      // Late: the page hears that the stream is over half a second after the server has taken what was sent next.
      if (network.does === "late") await new Promise((taken) => network.waiting.push(taken));
      out.enqueue(bytes.encode(text.slice(at)));
    }}));
  };
  window.fetch = async (input, options) => {
    const url = String(input?.url || input), response = await real(input, options);
    if (url.includes("/queue/join") && network.waiting.length) {
      network.late += 1;
      setTimeout(() => network.waiting.splice(0).forEach((go) => go()), 500);
    }
    return url.includes("/queue/data") ? new Response(through(response.body), response) : response;
  };
})();
"""


def test_what_is_sent_while_the_stream_ends_is_answered(reader: Callable[..., Reader]):
    with serving(Scripted()) as client:
        new = reader(client.url, first=NETWORK)
        new.page.evaluate("network.does = 'late'")
        for n in (1, 2, 3):
            assert "120家左右" in new.ask(f"第{n}问，多少？", n).inner_text()
        assert new.page.evaluate("network.late") >= 3  # each question passed through the gap at least once
        new.check()


def test_a_stream_that_ends_without_a_farewell_is_opened_again(reader: Callable[..., Reader]):
    with serving(Scripted()) as client:
        new = reader(client.url, first=NETWORK)
        new.page.evaluate("network.does = 'drop'")
        for n in (1, 2):
            assert "120家左右" in new.ask(f"第{n}问，多少？", n).inner_text()
        new.check()


@pytest.mark.parametrize("network", ["hush", "cut"])
def test_a_broken_stream_is_told_and_the_question_comes_back(reader: Callable[..., Reader], network: str):
    with serving(Scripted()) as client:
        new = reader(client.url, first=NETWORK)
        new.ask("一是多少？", 1)
        new.page.clock.install()
        new.page.evaluate("does => (network.does = does)", network)
        new.leaving = True
        new.page.fill("#sw-box textarea", "二是多少？")
        left: list[object] = []
        new.page.on("framenavigated", lambda frame: left.append(frame))
        new.page.press("#sw-box textarea", "Enter")
        for _ in range(500):  # second by second: when the page begins to count is its own affair
            if left:
                break
            new.page.clock.run_for(1_000)
        assert left
        new.turn(1)  # the page was loaded anew, with what had been asked
        new.page.wait_for_function("document.querySelector('#sw-box textarea').value === '二是多少？'")
        new.page.press("#sw-box textarea", "Enter")
        assert "120家左右" in new.turn(2).inner_text()


def test_what_is_typed_while_another_question_is_sent_stays(reader: Callable[..., Reader]):
    facade = Waiting()
    facade.release.set()
    with serving(facade) as client:
        new = reader(client.url)
        new.ask("一是多少？", 1)
        facade.release.clear()
        facade.started.clear()
        new.page.locator("#t1").get_by_role("button", name="重试").click()
        new.page.fill("#sw-box textarea", "二是多少？")
        assert facade.started.wait(30)
        facade.release.set()
        new.turn(1)
        assert new.page.input_value("#sw-box textarea") == "二是多少？"
        new.page.press("#sw-box textarea", "Enter")
        new.page.wait_for_function("document.querySelector('#sw-box textarea').value === ''")
        assert new.turn(2).locator(".sw-question").inner_text() == "二是多少？"
        new.page.fill("#sw-box textarea", "三是")
        new.reload()
        new.page.wait_for_function("document.querySelector('#sw-box textarea').value === '三是'")
        new.check()
