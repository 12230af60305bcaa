"""A check of HTML made from documents and questions: only our own elements and attributes may occur in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

ALLOWED = set(
    "article section aside header div h1 h2 h3 p span br a mark strong code q small button "
    "ul ol li blockquote details summary table thead tbody tr th td "
    "form fieldset legend label input "
    "svg title desc g rect text defs pattern line".split()
)
_VOID = {"br", "input"}
_OWN = set(
    "class id href aria-label aria-labelledby aria-hidden aria-live aria-pressed aria-sort role tabindex scope start title hidden lang "
    "type name value checked maxlength placeholder popover popovertarget "
    "x y x1 x2 y1 y2 width height rx viewbox style text-anchor textlength lengthadjust patternunits patterntransform".split()
)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><a href=javascript:alert(3)>${x}{{y}}&lt;![i](http://e.x/)"


class Seen(HTMLParser):
    """Every element and attribute of a piece of HTML, and whether its elements are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def harmless(html: str) -> Seen:
    """The HTML, in which only our own elements and attributes may occur and links lead within the page."""
    seen = Seen(html)
    assert seen.open == []
    assert {tag for tag, _ in seen.tags} <= ALLOWED
    for _, attributes in seen.tags:
        assert {name for name in attributes if not name.startswith("data-")} <= _OWN
        assert re.fullmatch(r"#t\d+[cm]\d+", attributes.get("href") or "#t1c1")
        assert re.fullmatch(r"fill:url\(#hatch\d+\)", attributes.get("style") or "fill:url(#hatch1)")
    return seen
