"""The sentences of the evaluation view, in Chinese and English."""

from __future__ import annotations

from typing import Literal

MESSAGES: dict[str, dict[Literal["zh", "en"], str]] = {
    "eval_title": {"zh": "评测结果", "en": "Evaluation"},
    "eval_report": {"zh": "报告", "en": "Report"},
    "eval_option": {"zh": "{set} · {n} 题 · {date}", "en": "{set} · {n} questions · {date}"},
    "eval_about": {
        "zh": "{n} 道题；程序版本 {commit}，向量模型 {model}，{date}。误差线和方括号为 95% 区间（对题目重复抽样）。",
        "en": "{n} questions; commit {commit}, model {model}, {date}. Lines and brackets are 95 % intervals over questions.",
    },
    "eval_own": {
        "zh": "题目由本程序的作者就自带文本编写；换成您的文档，结果可能较低。可以用自己的题目评测：shengwen eval --set。",
        "en": "The questions were written by the makers of the program about the shipped text: expect less on documents of "
        "your own. Try your own questions with shengwen eval --set.",
    },
    "eval_none": {
        "zh": "还没有评测报告。运行 shengwen eval --out 文件夹，再用 shengwen serve --report 文件夹 打开，这里就会显示图表和答错的题。",
        "en": "There is no report yet. Run shengwen eval --out FOLDER, then shengwen serve --report FOLDER, to see plots and "
        "the questions that failed here.",
    },
    "eval_headline": {"zh": "本程序", "en": "The program"},
    "eval_by_type": {"zh": "按题型的得分", "en": "Score by type of question"},
    "eval_by_language": {"zh": "按提问语言的得分", "en": "Score by language of the question"},
    "eval_overall": {"zh": "全部", "en": "all"},
    "eval_without": {"zh": "去掉一个部分，得分剩多少", "en": "The score without one of its parts"},
    "eval_retrieval": {"zh": "检索", "en": "Retrieval"},
    "eval_risk": {"zh": "只保留最有把握的回答时", "en": "Keeping only the most confident answers"},
    "eval_risk_note": {
        "zh": "横轴：保留的回答占全部题目的比例；纵轴：这些回答损失的得分。曲线越贴近底边，说明越清楚自己什么时候会错。",
        "en": "Across: the share of all questions still answered. Upwards: what those answers lose of the score. The lower the "
        "curve, the better the program knows when it errs.",
    },
    "eval_reasons": {"zh": "没有答案的题，说了什么", "en": "What was said where there is no answer"},
    "eval_why": {"zh": "实际原因", "en": "Why there is none"},
    "eval_time": {"zh": "用时（毫秒）", "en": "Time (milliseconds)"},
    "eval_all": {"zh": "全部指标", "en": "All measures"},
    "eval_measure": {"zh": "指标", "en": "Measure"},
    "eval_systems": {
        "zh": "full 是本程序；bm25、dense、hybrid 以检索到的第一段作答；full-… 是去掉一个部分的本程序。",
        "en": "full is the program; bm25, dense and hybrid answer with the best passage found; full-… is the program without "
        "one of its parts.",
    },
    "eval_failed": {"zh": "没有完全答对的题", "en": "Questions not fully right"},
    "eval_failed_count": {"zh": "{n} 道，共 {total} 道题", "en": "{n} of {total} questions"},
    "eval_failed_none": {"zh": "没有这样的题。", "en": "There is none."},
    "eval_failed_unkept": {
        "zh": "这份报告只有分数，没有题目：随程序发布的结果不含试题。运行 shengwen eval --out 文件夹，再用 "
        "shengwen serve --report 文件夹 打开，就能逐题查看。",
        "en": "This report holds scores alone: what comes with the program does not tell its questions. Run shengwen eval "
        "--out FOLDER, then shengwen serve --report FOLDER, to see each.",
    },
    "eval_any_type": {"zh": "全部题型", "en": "All types"},
    "eval_any_language": {"zh": "全部语言", "en": "All languages"},
    "eval_type": {"zh": "题型", "en": "Type"},
    "eval_language": {"zh": "提问语言", "en": "Language"},
    "eval_more": {"zh": "再显示 {n} 道", "en": "Show {n} more"},
    "eval_wanted": {"zh": "应答", "en": "Wanted"},
    "eval_answered": {"zh": "实答", "en": "Answered"},
    "eval_status": {"zh": "状态", "en": "Status"},
    "eval_cited": {"zh": "引用", "en": "Cited"},
    "eval_broken": {"zh": "违背的承诺", "en": "Promises broken"},
    "eval_about_what": {"zh": "关于", "en": "About"},
    "eval_ask": {"zh": "用现在的语料再问一次", "en": "Ask it again now"},
    "eval_got": {"zh": "得分 {share}", "en": "got {share}"},
    "eval_m_score": {"zh": "得分", "en": "Score"},
    "eval_m_citation_recall": {"zh": "引文召回", "en": "Citation recall"},
    "eval_m_citation_precision": {"zh": "引文准确", "en": "Citation precision"},
    "eval_m_refusal_recall": {"zh": "该拒答的拒答了", "en": "Refused where it should"},
    "eval_m_false_refusal": {"zh": "不该拒答的拒答了", "en": "Refused where it should not"},
    "eval_m_invariants_broken": {"zh": "违背承诺（题）", "en": "Promises broken"},
    "eval_m_answer_sentence@1": {"zh": "首句含答案", "en": "Answer in the first sentence"},
    "eval_m_RR@10": {"zh": "RR@10", "en": "RR@10"},
    "eval_m_ask_ms_p50": {"zh": "提问，中位", "en": "ask, median"},
    "eval_m_ask_ms_p95": {"zh": "提问，95%", "en": "ask, 95 %"},
    "eval_m_search_ms_p50": {"zh": "检索，中位", "en": "search, median"},
    "eval_m_search_ms_p95": {"zh": "检索，95%", "en": "search, 95 %"},
    "eval_m_search_beyond_encoding_ms_p50": {"zh": "检索除编码外，中位", "en": "beyond encoding, median"},
    "eval_t_injection": {"zh": "夹带指令", "en": "injection"},
    "eval_t_not_stated": {"zh": "没有写到", "en": "not stated"},
    "eval_t_off_topic": {"zh": "与语料无关", "en": "off topic"},
    "eval_t_province_absent": {"zh": "没有这个省份", "en": "province absent"},
    "eval_t_wrong_year": {"zh": "没有这一年", "en": "wrong year"},
    "eval_t_year_absent": {"zh": "没有这一年", "en": "year absent"},
    "eval_t_unsafe": {"zh": "不予回答", "en": "refused as unsafe"},
    "eval_t_answered": {"zh": "作了回答", "en": "answered"},
    "eval_t_partial": {"zh": "部分回答", "en": "answered in part"},
    "eval_t_number": {"zh": "数字", "en": "number"},
    "eval_t_fact": {"zh": "事实", "en": "fact"},
    "eval_t_list_provinces": {"zh": "列举省份", "en": "list of provinces"},
    "eval_t_compare": {"zh": "比较", "en": "comparison"},
    "eval_t_summary": {"zh": "概述", "en": "summary"},
    "eval_t_yesno": {"zh": "是非", "en": "yes or no"},
    "eval_t_followup": {"zh": "追问", "en": "follow-up"},
    "eval_t_unanswerable": {"zh": "没有答案", "en": "without an answer"},
    "eval_t_zh": {"zh": "简体中文", "en": "Chinese"},
    "eval_t_zh-Hant": {"zh": "繁体中文", "en": "Traditional Chinese"},
    "eval_t_en": {"zh": "英文", "en": "English"},
}
