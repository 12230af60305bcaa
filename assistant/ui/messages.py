"""Every sentence of the page, in Chinese and English; it knows nothing about Gradio or HTML."""

from __future__ import annotations

from typing import Literal

from assistant.types import Period
from assistant.ui import explore_messages, read_messages

Language = Literal["zh", "en"]

MESSAGES: dict[str, dict[Language, str]] = {
    "title": {"zh": "省问", "en": "ShengWen"},
    "tagline": {
        "zh": "向政府工作报告提问，每个回答都引用经过核对的原文。",
        "en": "Ask government work reports; every answer stands on a verified quote.",
    },
    "holdings": {
        "zh": "{documents} 份文档 · {provinces} 个省份 · {years}",
        "en": "Documents: {documents} · provinces: {provinces} · {years}",
    },
    "tabs": {"zh": "视图", "en": "Views"},
    "tab_ask": {"zh": "对话", "en": "Ask"},
    "tab_read": {"zh": "原文", "en": "Read"},
    "tab_explore": {"zh": "图表", "en": "Explore"},
    "tab_corpus": {"zh": "语料", "en": "Corpus"},
    "tab_evaluation": {"zh": "评测", "en": "Evaluation"},
    "switch": {"zh": "English", "en": "中文"},
    "clear": {"zh": "新对话", "en": "New chat"},
    "box_label": {"zh": "问题", "en": "Question"},
    "placeholder": {
        "zh": "例如：某省的研发投入目标？",
        "en": "For example: a province’s R&D target?",
    },
    "examples": {"zh": "可以这样问", "en": "You can ask"},
    "conversation": {"zh": "对话", "en": "Conversation"},
    "searching": {"zh": "正在查找并核对原文…", "en": "Searching and checking the sources…"},
    "answered": {"zh": "引文已核对", "en": "Quotes verified"},
    "partial": {"zh": "部分回答", "en": "Partial answer"},
    "declined": {"zh": "没有回答", "en": "Not answered"},
    "province_absent": {
        "zh": "语料中没有问题所问的省份。",
        "en": "The corpus does not hold the province in question.",
    },
    "year_absent": {"zh": "语料中没有问题所问的年份。", "en": "The corpus does not hold the year in question."},
    "not_stated": {"zh": "语料中没有写到这一点。", "en": "The corpus does not state this."},
    "off_topic": {"zh": "这个问题与语料的内容无关。", "en": "This question is not about what the corpus holds."},
    "unsafe": {"zh": "这个请求不予回答。", "en": "This request is not answered."},
    "understood": {"zh": "理解为", "en": "Understood as"},
    "sources": {"zh": "引用的原文", "en": "Cited sources"},
    "nearest": {"zh": "最接近的原文", "en": "Nearest passages"},
    "not_answer": {"zh": "不是答案", "en": "Not an answer"},
    "more_context": {"zh": "查看上下文", "en": "More context"},
    "characters": {"zh": "原文第 {start}–{end} 字", "en": "Characters {start}–{end}"},
    "citation": {"zh": "引文 {n}", "en": "Citation {n}"},
    "back": {"zh": "回到正文中的引文 {n}", "en": "Back to citation {n} in the answer"},
    "computed": {"zh": "计算得出", "en": "Worked out"},
    "unsupported": {
        "zh": "语言模型所写内容中有 {n} 处没有原文依据，已经删去。",
        "en": "Statements of the language model without support in the sources, removed: {n}.",
    },
    "extractive": {"zh": "摘自原文，未经改写", "en": "Taken from the sources, not rewritten"},
    "generated": {"zh": "由语言模型 {model} 撰写，逐句核对", "en": "Written by {model}, checked sentence by sentence"},
    "seconds": {"zh": "{seconds} 秒", "en": "{seconds} s"},
    "empty": {"zh": "请先写下问题，再发送。", "en": "Please write a question first."},
    "too_long": {
        "zh": "问题有 {n} 个字，超过了 {limit} 个字的上限，请缩短后再问。",
        "en": "The question has {n} characters, more than the {limit} allowed. Please shorten it.",
    },
    "failed": {"zh": "这个问题没有处理成功：{why}", "en": "This question could not be handled: {why}"},
    "broken": {
        "zh": "出现了意外的错误，已经记入日志。请再试一次。",
        "en": "Something unexpected went wrong and was logged. Please try again.",
    },
    "review": {"zh": "结果", "en": "result"},
    "plan": {"zh": "目标", "en": "target"},
    "review_5y": {"zh": "五年结果", "en": "five-year result"},
    "plan_5y": {"zh": "五年目标", "en": "five-year target"},
}


# The views' own sentences; a key stands once only. Each module has a dictionary MESSAGES and imports nothing from here.
MESSAGES |= read_messages.MESSAGES
MESSAGES |= explore_messages.MESSAGES


def say(language: Language, key: str, **values: object) -> str:
    """The message ``key`` with its placeholders filled.

    :raises KeyError: no such message, or a placeholder without a value.
    """
    return MESSAGES[key][language].format(**values)


def period_label(language: Language, period: Period | None, year: int | None) -> str:
    """What the figures of a part are, such as 2021年结果 or 2022 target; empty where the source tells neither."""
    if period in ("review_5y", "plan_5y"):
        return say(language, period)  # the year of a five-year part is only its last: said alone it would mislead
    when = "" if year is None else f"{year}年" if language == "zh" else str(year)
    what = "" if period is None else say(language, period)
    return f"{when}{what}" if language == "zh" else f"{when} {what}".strip()
