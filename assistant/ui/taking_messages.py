"""The sentences of what is done with an answer: taking it away, and saying what one thinks of it."""

from __future__ import annotations

from typing import Literal

MESSAGES: dict[str, dict[Literal["zh", "en"], str]] = {
    "take_away": {"zh": "导出", "en": "Export"},
    "take_answer": {"zh": "这个回答", "en": "This answer"},
    "take_conversation": {"zh": "整个对话", "en": "The conversation"},
    "take_md": {"zh": "Markdown", "en": "Markdown"},
    "take_docx": {"zh": "Word", "en": "Word"},
    "take_json": {"zh": "可核验的 JSON", "en": "JSON to be verified"},
    "take_cited": {"zh": "复制并附参考文献", "en": "Copy with references"},
    "judge_up": {"zh": "有用", "en": "Helpful"},
    "judge_down": {"zh": "有问题", "en": "Something is wrong"},
    "judge_reason": {"zh": "原因", "en": "Reason"},
    "judge_none": {"zh": "不说明", "en": "none given"},
    "judge_comment": {"zh": "补充说明（可不填）", "en": "In your own words (optional)"},
    "judge_send": {"zh": "提交", "en": "Send"},
    "judge_kept": {
        "zh": "已记下，谢谢。问题、引文位置和程序版本一并保存在本机，不含您的身份。",
        "en": "Kept, thank you. The question, the places of the quotes and the versions are stored on this machine; who you are is not.",
    },
}
