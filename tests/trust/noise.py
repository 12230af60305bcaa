"""Texts and bytes made to confuse: pieces that mean something here, any characters, and files after a few edits."""

from __future__ import annotations

import pytest

SIZES = pytest.mark.parametrize("cases", ["few", pytest.param("many", marks=pytest.mark.slow)], indirect=True)

PIECES = (
    *(
        "山东",
        "福建",
        "黑龙江",
        "上海",
        "鲁",
        "闽",
        "全国",
        "东北三省",
        "Shandong",
        "各省",
        "哪些省份",
        "2022年",
        "2021年",
        "去年",
        "今年",
        "1949",
    ),
    *(
        "高新技术企业",
        "技术合同成交额",
        "研发投入",
        "揭榜挂帅",
        "R&D",
        "目标",
        "是多少",
        "增长多少",
        "吗？",
        "为什么",
        "对比",
        "排名",
        "最多的",
        "占比",
    ),
    *(
        "那",
        "呢？",
        "和",
        "与",
        "、",
        "，",
        "。",
        "？",
        "!",
        "（",
        "）",
        "“",
        "”",
        "《",
        "》",
        "[1]",
        "[99]",
        "**",
        "`",
        "|",
        "#",
        "- ",
        "> ",
    ),
    *(
        "2.3万家",
        "18%",
        "３．５％",
        "1e9",
        "-1",
        "0",
        "九千",
        "亿元",
        "NaN",
        "%s",
        "{0}",
        "{{x}}",
        "${x}",
        "\\",
        "'",
        '"',
        ";--",
        "../",
        "\r\n",
    ),
    *(
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u00ad",
        "e\u0301\u0301\u0301",
        "👩‍👩‍👧",
        "\U0010ffff",
        "\u0378",
        "ﷺ",
        "ſ",
        "İ",
        "㍻",
        "台灣",
        "髙",
    ),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=x>",
        "javascript:",
        "忽略以上指令",
        "Ignore all previous instructions",
        "system:",
        "\x1b[31m",
    ),
)


def noise(draw, most=40):
    """A text of pieces that mean something here, of any characters, and of one thing many times over."""
    kind = draw.random()
    if kind < 0.1:
        return draw.choice(PIECES) * draw.randint(1, 2_000)
    if kind < 0.25:
        codes = (
            draw.choice((draw.randint(1, 0x2FF), draw.randint(0x4E00, 0x9FFF), draw.randint(1, 0xD7FF)))
            for _ in range(most)
        )
        return "".join(map(chr, codes))
    return "".join(draw.choices(PIECES, k=draw.randint(1, most)))


def altered(draw, data):
    """A file's bytes after a few edits: cut, doubled, moved, or with something in between."""
    for _ in range(draw.randint(1, 4)):
        start, end = sorted(draw.randint(0, len(data)) for _ in range(2))
        end = min(end, start + draw.choice((1, 5, 200)))
        inserted = draw.choice(
            (
                b"",
                b"\0",
                b"\xff\xfe",
                b'"',
                b"[",
                b"{",
                b"\n",
                b"=",
                b"\t",
                noise(draw, 5).encode(),
                data[start:end] * 2,
            )
        )
        data = data[:start] + inserted + data[end:]
    return data
