"""Every sentence of the page, in Chinese and English; it knows nothing about Gradio or HTML."""

from __future__ import annotations

from typing import Literal

from assistant.types import Period
from assistant.ui import corpus_messages, evaluation_messages, explore_messages, read_messages, taking_messages

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
    "theme": {"zh": "外观", "en": "Theme"},
    "theme_system": {"zh": "跟随系统", "en": "System"},
    "theme_light": {"zh": "浅色", "en": "Light"},
    "theme_dark": {"zh": "深色", "en": "Dark"},
    "box_label": {"zh": "问题", "en": "Question"},
    "placeholder": {"zh": "就政府工作报告提问…", "en": "Ask the work reports…"},
    "examples": {"zh": "可以这样问", "en": "You can ask"},
    "conversation": {"zh": "对话", "en": "Conversation"},
    "searching": {"zh": "正在查找并核对原文…", "en": "Searching and checking the sources…"},
    "stop": {"zh": "停止", "en": "Stop"},
    "send": {"zh": "发送", "en": "Send"},
    "stopped": {"zh": "已停止。可以重试，或者换个问法。", "en": "Stopped. Try again, or ask it another way."},
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
    "colon": {"zh": "：", "en": ": "},
    "join": {"zh": "、", "en": ", "},
    # what was understood
    "understood": {"zh": "理解为", "en": "Understood as"},
    "searched_as": {"zh": "按此查找：", "en": "Searched as: "},
    "slot_provinces": {"zh": "省份", "en": "Province"},
    "slot_years": {"zh": "年份", "en": "Year"},
    "slot_periods": {"zh": "结果或目标", "en": "Result or target"},
    "slot_measures": {"zh": "指标或主题", "en": "Measure or topic"},
    "any_provinces": {"zh": "全部省份", "en": "All provinces"},
    "any_years": {"zh": "不限年份", "en": "Any year"},
    "any_periods": {"zh": "结果和目标", "en": "Results and targets"},
    "any_measures": {"zh": "主题", "en": "Topic"},
    "many_provinces": {"zh": "{first}等 {n} 省", "en": "{first} and others ({n})"},
    "other_measure": {"zh": "其他指标或主题", "en": "Another measure or topic"},
    "change_chip": {"zh": "更改{slot}：{value}", "en": "Change {slot}: {value}"},
    "cut_chip": {"zh": "去掉“{value}”，重新回答", "en": "Ask again without “{value}”"},
    "apply": {"zh": "重新回答", "en": "Ask again"},
    # what the answer stands on
    "sources": {"zh": "引用的原文", "en": "Cited sources"},
    "nearest": {"zh": "最接近的原文", "en": "Nearest passages"},
    "not_answer": {"zh": "不是答案", "en": "Not an answer"},
    "open_source": {"zh": "在文中查看", "en": "See it in the document"},
    "characters": {"zh": "原文第 {start}–{end} 字", "en": "Characters {start}–{end}"},
    "citation": {"zh": "引文 {n}，打开原文", "en": "Citation {n}, open the source"},
    "back": {"zh": "回到正文中的引文 {n}", "en": "Back to citation {n} in the answer"},
    "source": {"zh": "原文", "en": "Source"},
    "source_text": {"zh": "原文内容", "en": "Text of the source"},
    "source_gone": {"zh": "原文打不开", "en": "The source cannot be opened"},
    "close": {"zh": "关闭", "en": "Close"},
    "read_whole": {"zh": "阅读全文", "en": "Read the whole"},
    "citation_before": {"zh": "上一条引文", "en": "Previous citation"},
    "citation_after": {"zh": "下一条引文", "en": "Next citation"},
    # all provinces
    "panel": {"zh": "各省情况", "en": "Province by province"},
    "view_bars": {"zh": "柱图", "en": "Bars"},
    "view_map": {"zh": "地图", "en": "Map"},
    "view_table": {"zh": "表格", "en": "Table"},
    "take_csv": {"zh": "CSV", "en": "CSV"},
    "take_xlsx": {"zh": "XLSX", "en": "XLSX"},
    "take_svg": {"zh": "SVG", "en": "SVG"},
    "take_png": {"zh": "PNG", "en": "PNG"},
    "take": {"zh": "下载", "en": "Download"},
    "kind_level": {"zh": "总量", "en": "Total"},
    "chart_group": {"zh": "{kind}（{unit}）", "en": "{kind} ({unit})"},
    "chart_text": {"zh": "各省数值：{bars}。", "en": "Figures: {bars}."},
    "map_yes": {"zh": "说到 {n}", "en": "Says so: {n}"},
    "map_no": {"zh": "没有说到 {n}", "en": "Does not: {n}"},
    "map_other": {"zh": "未问及 {n}", "en": "Not asked about: {n}"},
    "map_absent": {"zh": "不在语料中 {n}", "en": "Not in the corpus: {n}"},
    "map_no_tip": {"zh": "没有说到", "en": "does not say so"},
    "map_yes_tip": {"zh": "说到", "en": "says so"},
    "map_other_tip": {"zh": "未问及", "en": "not asked about"},
    "map_absent_tip": {"zh": "不在语料中", "en": "not in the corpus"},
    "map_yes_text": {"zh": "说到：{provinces}。", "en": "Says so: {provinces}."},
    "map_no_text": {"zh": "没有说到：{provinces}。", "en": "Does not: {provinces}."},
    "map_other_text": {"zh": "未问及：{provinces}。", "en": "Not asked about: {provinces}."},
    "map_absent_text": {"zh": "不在语料中：{provinces}。", "en": "Not in the corpus: {provinces}."},
    "held": {"zh": "收录的省份", "en": "Provinces in the corpus"},
    "held_yes": {"zh": "已收录 {n}", "en": "In the corpus: {n}"},
    "held_absent": {"zh": "未收录 {n}", "en": "Not in the corpus: {n}"},
    "held_yes_tip": {"zh": "已收录", "en": "in the corpus"},
    "held_absent_tip": {"zh": "未收录", "en": "not in the corpus"},
    "held_yes_text": {"zh": "已收录：{provinces}。", "en": "In the corpus: {provinces}."},
    "held_absent_text": {"zh": "未收录：{provinces}。", "en": "Not in the corpus: {provinces}."},
    "place_columns": {"zh": "标题|文档|位置|引文", "en": "Title|Document|Place|Cited text"},
    # below the answer
    "computed": {"zh": "计算得出（{n}）", "en": "Worked out ({n})"},
    "unsupported": {
        "zh": "语言模型所写内容中有 {n} 处没有原文依据，已经删去。",
        "en": "Statements of the language model without support in the sources, removed: {n}.",
    },
    "extractive": {"zh": "摘自原文，未经改写", "en": "Taken from the sources, not rewritten"},
    "generated": {"zh": "由语言模型 {model} 撰写，逐句核对", "en": "Written by {model}, checked sentence by sentence"},
    "seconds": {"zh": "{seconds} 秒", "en": "{seconds} s"},
    "tools": {"zh": "对这个回答", "en": "With this answer"},
    "tool_copy": {"zh": "复制", "en": "Copy"},
    "tool_edit": {"zh": "编辑", "en": "Edit"},
    "tool_link": {"zh": "链接", "en": "Link"},
    "tool_retry": {"zh": "重试", "en": "Retry"},
    "done": {"zh": "已复制", "en": "Copied"},
    "suggestions": {"zh": "接着问", "en": "Go on with"},
    "past": {"zh": "以前的对话", "en": "Earlier conversations"},
    "past_where": {
        "zh": "只保存在这个浏览器里；打开时按现在的语料重新回答。",
        "en": "Kept in this browser only; answered anew from the present corpus when opened.",
    },
    "questions": {"zh": "{n} 问", "en": "Questions: {n}"},
    "forget": {"zh": "删除这个对话：{title}", "en": "Delete this conversation: {title}"},
    "forget_all": {"zh": "全部删除", "en": "Delete all"},
    "interrupted": {
        "zh": "上一个问题没有得到回答，已放回输入框。",
        "en": "The last question was not answered; it is back in the box.",
    },
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
    "lost": {
        "zh": "与服务器的连接断了。恢复后本页会自动刷新，对话和没有答完的问题都会回来。",
        "en": "The connection to the server is lost. The page reloads when it is back, with the conversation and the open question.",
    },
    # suggestions: complete questions, as a reader would put them
    "ask_figure_plan": {
        "zh": "{province}{year}年{measure}目标是多少？",
        "en": "What is {province}'s {year} target for {measure}?",
    },
    "ask_figure_review": {
        "zh": "{province}{year}年{measure}完成情况如何？",
        "en": "What did {province} achieve in {measure} in {year}?",
    },
    "ask_figure_plan_5y": {
        "zh": "{province}{measure}的五年目标是多少？",
        "en": "What is {province}'s five-year target for {measure}?",
    },
    "ask_figure_review_5y": {
        "zh": "{province}过去五年{measure}怎么样？",
        "en": "What did {province} achieve in {measure} over the past five years?",
    },
    "ask_figure": {"zh": "{province}的{measure}是多少？", "en": "What is {province}'s {measure}?"},
    "ask_comparison_plan": {
        "zh": "各省{year}年{measure}目标对比",
        "en": "Compare the {year} targets for {measure} of all provinces",
    },
    "ask_comparison_review": {
        "zh": "各省{year}年{measure}完成情况对比",
        "en": "Compare the {year} results in {measure} of all provinces",
    },
    "ask_comparison_plan_5y": {
        "zh": "各省{measure}五年目标对比",
        "en": "Compare the five-year targets for {measure} of all provinces",
    },
    "ask_comparison_review_5y": {
        "zh": "各省过去五年{measure}对比",
        "en": "Compare {measure} of all provinces over the past five years",
    },
    "ask_comparison": {"zh": "各省{measure}对比", "en": "Compare {measure} of all provinces"},
    "ask_how": {"zh": "{province}怎么推进“{topic}”？", "en": "What does {province} say about “{topic}”?"},
    "ask_without": {"zh": "哪些省份没有提到“{topic}”？", "en": "Which provinces do not mention “{topic}”?"},
    # roles of figures
    "review": {"zh": "结果", "en": "result"},
    "plan": {"zh": "目标", "en": "target"},
    "review_5y": {"zh": "五年结果", "en": "five-year result"},
    "plan_5y": {"zh": "五年目标", "en": "five-year target"},
}


# The views' own sentences; a key stands once only. Each module has a dictionary MESSAGES and imports nothing from here.
MESSAGES |= read_messages.MESSAGES
MESSAGES |= explore_messages.MESSAGES
MESSAGES |= corpus_messages.MESSAGES
MESSAGES |= evaluation_messages.MESSAGES
MESSAGES |= taking_messages.MESSAGES


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
