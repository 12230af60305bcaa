"""The sentences of the reading view, in Chinese and English."""

from __future__ import annotations

from typing import Literal

MESSAGES: dict[str, dict[Literal["zh", "en"], str]] = {
    "view_failed": {"zh": "没有成功：{why}", "en": "This did not work: {why}"},
    "view_lost": {
        "zh": "与服务器的连接中断了。请检查网络，稍后再试；页面上的内容没有丢失。",
        "en": "The connection to the server was lost. Please check it and try again; nothing on the page is lost.",
    },
    "view_waiting": {"zh": "正在读取…", "en": "Loading…"},
    "any_province": {"zh": "全部省份", "en": "All provinces"},
    "any_year": {"zh": "全部年份", "en": "All years"},
    "province": {"zh": "省份", "en": "Province"},
    "year": {"zh": "年份", "en": "Year"},
    "year_of": {"zh": "{year}年", "en": "{year}"},
    "several_provinces": {"zh": "{first}等 {n} 个省份", "en": "{first} and others, {n} in all"},
    "read_library": {"zh": "文档", "en": "Documents"},
    "read_filter": {"zh": "按标题筛选", "en": "Filter by title"},
    "read_shown": {"zh": "{n} / {total} 份文档", "en": "{n} of {total} documents"},
    "read_none": {"zh": "没有符合条件的文档。", "en": "No document fits."},
    "read_characters": {"zh": "{n} 字", "en": "{n} characters"},
    "read_figures": {"zh": "{n} 个数字", "en": "{n} figures"},
    "read_back": {"zh": "全部文档", "en": "All documents"},
    "read_outline": {"zh": "目录", "en": "Outline"},
    "read_beginning": {"zh": "开头", "en": "Beginning"},
    "read_find": {"zh": "在文中查找", "en": "Find in the document"},
    "read_found": {"zh": "{at} / {n}", "en": "{at} of {n}"},
    "read_not_found": {"zh": "没有找到", "en": "Not found"},
    "read_previous": {"zh": "上一处", "en": "Previous"},
    "read_next": {"zh": "下一处", "en": "Next"},
    "read_mark_figures": {"zh": "标出数字", "en": "Mark figures"},
    "read_next_figure": {"zh": "下一个数字", "en": "Next figure"},
    "read_previous_figure": {"zh": "上一个数字", "en": "Previous figure"},
    "read_hint": {
        "zh": "点一句话，或选中一段文字：可以就此提问，或看其他省份的类似说法。键盘：方向键换句，回车选中。",
        "en": "Click a sentence or select some words to ask about them, or to see what other provinces say. "
        "Keys: arrows move between sentences, Enter selects.",
    },
    "read_actions": {"zh": "对选中的文字", "en": "With the selected words"},
    "read_ask": {"zh": "就此提问", "en": "Ask about it"},
    "read_similar": {"zh": "其他省份的类似说法", "en": "Similar sentences elsewhere"},
    "read_copy": {"zh": "复制", "en": "Copy"},
    "read_copied": {"zh": "已复制", "en": "Copied"},
    "read_close": {"zh": "关闭", "en": "Close"},
    "read_question": {
        "zh": "{place}提到“{quote}”，具体是怎么安排的？",
        "en": "{place}: what is planned for “{quote}”?",
    },
    "read_question_anywhere": {"zh": "关于“{quote}”，具体是怎么安排的？", "en": "What is planned for “{quote}”?"},
    "read_similar_title": {"zh": "其他省份的类似说法", "en": "Similar sentences in other provinces"},
    "read_similar_note": {
        "zh": "按用词相近程度排列，每个省份取一句；相近不等于意思相同。",
        "en": "The closest in wording of each province, closest first; alike does not mean the same.",
    },
    "read_similar_none": {"zh": "其他省份没有类似的句子。", "en": "No other province has a sentence like it."},
    "read_open_there": {"zh": "在原文中阅读", "en": "Read it there"},
    "read_gone": {
        "zh": "这份文档已经不在语料中，或换了内容。请从列表中重新选择。",
        "en": "This document is no longer in the corpus, or has changed. Please choose from the list.",
    },
    "read_selected": {"zh": "已选中 {n} 字", "en": "{n} characters selected"},
    "figure_level": {"zh": "数值", "en": "level"},
    "figure_growth": {"zh": "增幅", "en": "growth"},
    "figure_increment": {"zh": "新增", "en": "increment"},
    "figure_rank": {"zh": "位次", "en": "rank"},
    "figure_multiple": {"zh": "倍数", "en": "multiple"},
}
