"""What a web page hangs around a report: buttons and lines of origin before it, links and licences after it.

Lines are judged by their words and their length alone; a paragraph is never furniture unless it is a site's licence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

HEADING = "（网页附带内容）"
"""The heading of a section that holds furniture: it has no passages and no facts."""
_LONGEST = 80  # characters; a longer line is a paragraph of the document
_HEAD_LINES = 40
_BUTTON = re.compile(
    r"(?:下载|打印|全屏|收藏|加大|还原|减小|大|中|小|分享|分享到|字号|字体|微信|微博|qq空间|返回|首页|当前位置|浏览次数|阅读|听全文|无障碍|保存|关闭|】|【|\||"
    r"【?(?:字号|字体|打印|关闭)[^。]{0,16}|(?:来源|信息来源|发布时间|发布日期|时间|日期|作者|编辑|责任编辑|浏览次数|点击数|访问量|索引号|发文机关|发布机构)\s?[:：].{0,30}"
    r"|.{0,16}(?:摄|本报记者.{0,12})"
    r"|\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2}日?(?:\s*\d{1,2}[:时]\d{1,2}分?(?::\d\d)?)?)[:：]?"
)
_STRONG = re.compile(r"下载|打印|全屏|收藏|字号|字体|加大|减小|分享|来源|责任编辑|浏览次数|索引号|首页")
_TAIL = re.compile(
    r"\s*(?:相关(?:报道|新闻|链接|阅读|文章|附件|稿件|解读)\s*(?:[:：>»].*)?$|(?:延伸|推荐)阅读\s*[:：]?$|【?(?:责任编辑|责编)\s*[:：]|[【\[]?(?:打印(?:本页)?|关闭(?:窗口|本页)?)[】\]]?\s*$"
    r"|扫一扫|扫码|分享到?\s*[:：]|[上下]一[篇条]\s*[:：]|版权所有|(?:主办|承办)(?:单位)?\s*[:：]|网站(?:地图|标识码)|.{0,12}icp备|.{0,12}公网安备|您访问的链接|本作品(?:是|来自)"
    r"|public domain\s*$|返回顶部\s*$|附件下载\s*[:：]?$)"
)
_ENDS_STOPPED = re.compile(r"[。！!？?”]\s*$")


def furniture(folded: str) -> list[tuple[int, int]]:
    """Spans of whole lines at the head and the tail of a folded text that belong to the page, not to the document."""
    lines = [m.span() for m in re.finditer(r"[^\n]+", folded) if m[0].strip()]
    tail = list(_tail(folded, lines))
    body = [line for line in lines if not tail or line[0] < tail[0][0]]
    head = list(_head(folded, body[:_HEAD_LINES]))
    inside = sum(a <= line[0] < b for line in body[:_HEAD_LINES] for a, b in head)
    return [*head, *tail] if inside < len(body) else []  # a page that is nothing else is left as it is


def _head(folded: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Runs of at least three buttons and lines of origin, one of them unmistakable."""
    run: list[tuple[int, int]] = []
    for start, end in [*lines, (lines[-1][1],) * 2] if lines else []:
        line = folded[start:end].strip()
        if line and _BUTTON.fullmatch(line):
            run.append((start, end))
            continue
        if len(run) >= 3 and any(_STRONG.search(folded, a, b) for a, b in run):
            yield run[0][0], start
        run = []


def _tail(folded: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """From the first line of a page's foot, in the last half, after which no paragraph of the document stands."""
    first = None
    for start, end in reversed(lines):
        if start < len(folded) // 2:
            break
        if _TAIL.match(folded[start:end]):
            first = start
        elif (
            end - start > _LONGEST
            and _ENDS_STOPPED.search(folded[start:end])
            and not re.match(r"\s*注:", folded[start:end])
        ):
            break
    if first is not None:
        yield first, len(folded)
