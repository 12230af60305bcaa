"""What is written around answers that leave the program, in Chinese and English, and text made safe to write.

It knows no format: a document is neither Markdown nor Word here.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

Language = Literal["zh", "en"]

MESSAGES: dict[str, dict[Language, str]] = {
    "title": {"zh": "省问问答记录", "en": "ShengWen: questions and answers"},
    "exported": {"zh": "导出日期：{date}", "en": "Exported: {date}"},
    "program": {"zh": "程序：省问 {version}", "en": "Program: ShengWen {version}"},
    "generation": {"zh": "索引库：第 {n} 代", "en": "Store: generation {n}"},
    "model": {"zh": "向量模型：{name}", "en": "Embedding model: {name}"},
    "all_stand": {
        "zh": "共 {n} 条引文，导出时均与原文逐字相同。",
        "en": "Quotes: {n}, each the same as its source, character by character, at the time of export.",
    },
    "some_loose": {
        "zh": "共 {n} 条引文，其中 {loose} 条与索引库现有的原文对不上，已逐条注明。",
        "en": "Quotes: {n}; of these {loose} do not agree with the documents in the store now, each marked below.",
    },
    "understood": {"zh": "理解为：{question}", "en": "Understood as: {question}"},
    "history": {"zh": "此前问过：{questions}", "en": "Asked before: {questions}"},
    "partial": {"zh": "部分回答", "en": "Partial answer"},
    "declined": {"zh": "没有回答", "en": "Not answered"},
    "province_absent": {
        "zh": "没有收录问题所问的省份",
        "en": "the corpus does not hold the province in question",
    },
    "year_absent": {"zh": "没有收录问题所问的年份", "en": "the corpus does not hold the year in question"},
    "not_stated": {"zh": "收录的文本没有写到", "en": "the corpus does not state it"},
    "off_topic": {"zh": "与收录的内容无关", "en": "it is not about what the corpus holds"},
    "unsafe": {"zh": "这类请求不予回答", "en": "such requests are not answered"},
    "because": {"zh": "{what}：{why}", "en": "{what}: {why}"},
    "computed": {"zh": "计算得出", "en": "Worked out"},
    "quotes": {"zh": "引文", "en": "Quotes"},
    "references": {"zh": "参考文献", "en": "References"},
    "nearest": {"zh": "最接近的原文（不是答案）", "en": "Nearest passages (not an answer)"},
    "removed": {
        "zh": "语言模型写出但没有依据、已删去的话",
        "en": "Statements of the language model removed for want of evidence",
    },
    "generated": {
        "zh": "文字由语言模型 {model} 撰写，逐句核对。",
        "en": "Written by the language model {model}, checked sentence by sentence.",
    },
    "missing": {
        "zh": "索引库里现在没有这份文档，这条引文未能核对。",
        "en": "The store does not hold this document now: the quote could not be checked.",
    },
    "changed": {
        "zh": "这份文档里的这个位置现在不是这段文字，请重新提问。",
        "en": "This place of the document now holds another text: please ask again.",
    },
    "join": {"zh": "；", "en": "; "},
}


def say(language: Language, key: str, **values: object) -> str:
    """The message ``key`` with its placeholders filled.

    :raises KeyError: no such message, or a placeholder without a value.
    """
    return MESSAGES[key][language].format(**values)


_TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


class _Safe(dict[int, str]):
    """Characters that no document should carry out of the program, made visible; filled as they are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        control = unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t"
        nothing = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # Unicode says they are no characters
        self[code] = safe = "\ufffd" if control or nothing or code in _TURNING else char
        return safe


_SAFE = _Safe({0x2028: "\n", 0x2029: "\n", 0x85: "\n"})


def shown(text: str) -> str:
    """The text as it may be written into a file for people: same length, newlines and tabs kept.

    Control characters, halves of surrogate pairs and marks that turn the direction of writing become U+FFFD: XML takes
    none of the former, and the latter would let a document rearrange what stands around it.
    """
    return text.translate(_SAFE)
