"""The sentences of the corpus view, in Chinese and English."""

from __future__ import annotations

from typing import Literal

MESSAGES: dict[str, dict[Literal["zh", "en"], str]] = {
    "corpus_documents": {"zh": "语料中的文档", "en": "Documents in the corpus"},
    "corpus_model": {"zh": "向量模型", "en": "Embedding model"},
    "corpus_generation": {"zh": "索引库", "en": "Store"},
    "corpus_generation_of": {"zh": "第 {n} 代，建于 {when}", "en": "generation {n}, built {when}"},
    "corpus_counts": {"zh": "内容", "en": "Contents"},
    "corpus_counts_of": {
        "zh": "{documents} 份文档 · {passages} 个段落 · {facts} 个数字",
        "en": "{documents} documents · {passages} passages · {facts} figures",
    },
    "corpus_size": {"zh": "占用空间", "en": "On disk"},
    "corpus_model_of": {
        "zh": "{name}（{dimension} 维，指纹 {fingerprint}）",
        "en": "{name} ({dimension} dimensions, fingerprint {fingerprint})",
    },
    "corpus_title": {"zh": "文档", "en": "Document"},
    "corpus_characters": {"zh": "字数", "en": "Characters"},
    "corpus_passages": {"zh": "段落", "en": "Passages"},
    "corpus_figures": {"zh": "数字", "en": "Figures"},
    "corpus_digest": {"zh": "校验", "en": "Checksum"},
    "corpus_digest_of": {"zh": "文本的 SHA-256：{digest}", "en": "SHA-256 of the text: {digest}"},
    "corpus_filter": {"zh": "按标题、省份或年份筛选", "en": "Filter by title, province or year"},
    "corpus_shown": {"zh": "{n} / {total} 份", "en": "{n} of {total}"},
    "corpus_read": {"zh": "阅读", "en": "Read"},
    "corpus_choose": {"zh": "选中“{title}”", "en": "Select “{title}”"},
    "corpus_choose_all": {"zh": "选中列出的全部文档", "en": "Select all documents listed"},
    "corpus_unknown_place": {"zh": "未认出", "en": "not recognised"},
    "corpus_off": {
        "zh": "这个服务器没有开放语料管理。在运行服务器的机器上，用 shengwen serve --allow-upload 启动，"
        "或用 shengwen index add 添加文档。",
        "en": "This server does not let readers change the corpus. On the machine that runs it, start it with "
        "shengwen serve --allow-upload, or add documents with shengwen index add.",
    },
    "corpus_add": {"zh": "添加文档", "en": "Add documents"},
    "corpus_drop": {"zh": "把文件拖到这里，或", "en": "Drop files here, or"},
    "corpus_pick": {"zh": "选择文件", "en": "choose files"},
    "corpus_limits": {
        "zh": "可用 {kinds}，每个不超过 {size} MB，一次最多 {count} 个。同名文档会被新的替换。文件名或标题里写明省份和年份"
        "（如“山东省2025年政府工作报告”），就能自动归类。",
        "en": "{kinds}, at most {size} MB each and {count} at a time. A document of the same name is replaced. A file name "
        "or title that tells province and year (such as 山东省2025年政府工作报告) files it by itself.",
    },
    "corpus_remove": {"zh": "移除选中的", "en": "Remove selected"},
    "corpus_remove_ask": {"zh": "移除 {n} 份文档？再按一次确认", "en": "Remove {n}? Press again to confirm"},
    "corpus_rebuild": {"zh": "重建索引", "en": "Rebuild"},
    "corpus_rebuild_ask": {"zh": "全部重新处理？再按一次确认", "en": "Process all again? Press again to confirm"},
    "corpus_rebuild_hint": {
        "zh": "词表或程序更新后，用现有文本重新建立索引；期间照常可以提问。",
        "en": "After a change of the lexicon or the program: the index is made anew from the present texts; questions "
        "are answered meanwhile.",
    },
    "corpus_stop": {"zh": "停止", "en": "Stop"},
    "corpus_dismiss": {"zh": "收起", "en": "Dismiss"},
    "corpus_busy": {
        "zh": "语料正在更新，一次只能进行一项。请等它完成再试。",
        "en": "The corpus is being changed, one change at a time. Please try again when it is done.",
    },
    "corpus_foreign": {
        "zh": "这个请求来自别的网站，没有执行。",
        "en": "This request came from another site and was not carried out.",
    },
    "corpus_no_file": {"zh": "没有可以添加的文件。", "en": "There is no file to add."},
    "corpus_too_many": {
        "zh": "一次最多添加 {count} 个文件，请分几次进行。",
        "en": "At most {count} files at a time: add them in several turns.",
    },
    "corpus_none_chosen": {"zh": "请先选中要移除的文档。", "en": "Please select the documents to remove first."},
    "job_add": {"zh": "添加 {n} 个文件", "en": "Files being added: {n}"},
    "job_remove": {"zh": "移除 {n} 份文档", "en": "Documents being removed: {n}"},
    "job_rebuild": {"zh": "重建索引", "en": "Rebuilding the index"},
    "job_done": {
        "zh": "完成：索引库第 {n} 代已启用，下一个问题就会用到。",
        "en": "Done: generation {n} is in use from the next question on.",
    },
    "job_failed": {"zh": "没有完成，语料没有改变：{why}", "en": "Not done, the corpus is unchanged: {why}"},
    "job_nothing": {"zh": "没有文件能够加入，语料没有改变。", "en": "No file could be added; the corpus is unchanged."},
    "job_stopped": {"zh": "已停止，语料没有改变。", "en": "Stopped; the corpus is unchanged."},
    "job_left": {"zh": "约剩 {time}", "en": "about {time} left"},
    "job_seconds": {"zh": "{n} 秒", "en": "{n} s"},
    "job_minutes": {"zh": "{n} 分钟", "en": "{n} min"},
    "job_estimating": {"zh": "正在估算时间", "en": "estimating the time"},
    "stage_waiting": {"zh": "等待", "en": "Waiting"},
    "stage_documents": {"zh": "读取文档", "en": "Reading documents"},
    "stage_embed": {"zh": "计算向量", "en": "Embedding passages"},
    "stage_vectors": {"zh": "写入向量", "en": "Writing vectors"},
    "stage_words": {"zh": "词语索引", "en": "Indexing words"},
    "stage_sync": {"zh": "写入磁盘", "en": "Writing to disk"},
    "stage_switch": {"zh": "启用", "en": "Switching over"},
    "file_waiting": {"zh": "等待上传", "en": "waiting"},
    "file_sending": {"zh": "正在上传 {percent}%", "en": "uploading {percent} %"},
    "file_sent": {"zh": "已上传", "en": "uploaded"},
    "file_reading": {"zh": "等待处理", "en": "waiting to be read"},
    "file_read": {"zh": "已读取", "en": "read"},
    "file_added": {"zh": "已加入", "en": "added"},
    "file_replaced": {"zh": "已替换同名文档", "en": "replaced the document of this name"},
    "file_documents": {"zh": "{n} 份文档", "en": "{n} documents"},
    "file_partly": {"zh": "有一部分没有读：{why}", "en": "Not all of it was read: {why}"},
    "file_more_problems": {"zh": "还有 {n} 处没有读", "en": "and {n} more parts"},
    "file_part": {"zh": "{part}：{why}", "en": "{part}: {why}"},
    "file_stopped": {"zh": "未加入", "en": "not added"},
    "file_unplaced": {
        "zh": "没有认出省份或年份，按省份提问时会找不到它；可在文件名里写明后重新添加",
        "en": "no province or year was recognised, so questions by province will miss it; name them in the file name "
        "and add it again",
    },
    "why_kind": {
        "zh": "不支持 {kind} 文件。请另存为 {kinds} 再添加。",
        "en": "{kind} files are not read. Save it as {kinds} and add it again.",
    },
    "why_empty": {"zh": "文件里没有文字。", "en": "The file holds no text."},
    "why_binary": {
        "zh": "内容不是文字：可能是程序、图片或压缩包改了后缀，也可能是没有标记的 UTF-16。请另存为 UTF-8 纯文本。",
        "en": "The content is not text: perhaps a program, a picture or an archive with another suffix, or UTF-16 without "
        "its mark. Save it as plain text in UTF-8.",
    },
    "why_scanned": {
        "zh": "有的页是扫描图片，没有文字。请先做文字识别（OCR）再添加。",
        "en": "Pages of it are scanned pictures without text. Recognise the text (OCR) and add it again.",
    },
    "why_encrypted": {
        "zh": "文件有密码，或是旧格式。请去掉密码，另存为新格式再添加。",
        "en": "It has a password or is of an old format. Save it without a password, in the present format.",
    },
    "why_fonts": {
        "zh": "这份 PDF 的字体没有说明画的是哪些字，无法取出文字。请另存为 DOCX 或纯文本。",
        "en": "The fonts of this PDF do not tell which characters they draw. Save it as DOCX or as plain text.",
    },
    "why_broken": {
        "zh": "文件不完整、已损坏，或不是后缀所说的格式。请重新下载，或另存一次再添加。",
        "en": "The file is cut off, broken, or not what its suffix says. Fetch it again, or save it once more.",
    },
    "why_columns": {
        "zh": "找不到正文所在的列。请在第一行写上列名，正文一列叫“正文”或 text（JSONL 每行一个对象）。",
        "en": "No column holds the text. Name the columns in the first row, the text's 正文 or text (in JSONL, an object in "
        "each line).",
    },
    "why_rows_empty": {"zh": "第 {rows} 行没有正文，没有加入。", "en": "row {rows} holds no text and was left out."},
    "why_rows_year": {
        "zh": "第 {rows} 行的年份“{year}”无法识别，请写成 2023 这样。",
        "en": "row {rows}: the year “{year}” is none; write it as 2023.",
    },
    "why_rows_cut": {
        "zh": "第 {rows} 行的正文被 Excel 截断了。请改用 CSV、JSONL，或每份报告一个文件。",
        "en": "row {rows}: Excel has cut the text. Use CSV, JSONL, or a file for each report.",
    },
    "why_rows_broken": {
        "zh": "第 {rows} 行的格式不对，没有加入。正文里有逗号时请加引号；JSONL 每行写一个对象。",
        "en": "row {rows} is malformed and was left out. Put quotation marks round the text; in JSONL, an object in each "
        "line.",
    },
    "why_archive": {
        "zh": "压缩包太大、文件太多，或里面有不能读的内容（压缩包、链接、包外路径）。请解压后添加其中的文件。",
        "en": "The archive is too large, or holds what is not read (archives, links, paths out of it). Unpack it and add its "
        "files.",
    },
    "why_archive_kinds": {
        "zh": "压缩包里没有能读的文件。可以读的有 {kinds}。",
        "en": "No file in the archive is of a kind that is read: {kinds}.",
    },
    "why_changed": {
        "zh": "读取时文件还在变化。请等它写完再添加。",
        "en": "The file changed while it was read. Add it again when it is finished.",
    },
    "why_large": {
        "zh": "文件超过 {size} MB。请拆成几份，或只保留正文再添加。",
        "en": "The file is larger than {size} MB. Split it, or keep the text alone.",
    },
    "why_encoding": {
        "zh": "文字编码无法识别（既不是 UTF-8，也不是 GB18030）。请用记事本等打开，另存为 UTF-8。",
        "en": "Its encoding is neither UTF-8 nor GB18030. Open it in an editor and save it as UTF-8.",
    },
    "why_locked": {
        "zh": "另一个程序正在更新索引库，请等它结束再试。",
        "en": "Another process is writing the store: wait for it to end and try again.",
    },
    "why_last": {
        "zh": "不能移除最后一份文档。请先添加别的，再移除它。",
        "en": "The last document cannot be removed. Add another first.",
    },
    "why_gone": {
        "zh": "上传的文件已经不在服务器上，请重新上传。",
        "en": "The uploaded file is no longer on the server. Please upload it again.",
    },
    "why_disk": {
        "zh": "服务器的磁盘写不进去（可能已满，或没有权限）。请联系管理员。",
        "en": "The server cannot write to its disk (full, or without the right to). Please tell whoever runs it.",
    },
    "why_upload": {
        "zh": "上传中断了：文件可能太大，或网络断开。请再试一次。",
        "en": "The upload broke off: the file may be too large, or the connection was lost. Please try again.",
    },
    "why_refused": {
        "zh": "服务器没有接受这个文件（{status}）。",
        "en": "The server did not take this file ({status}).",
    },
    "why_other": {"zh": "无法读取：{why}", "en": "It cannot be read: {why}"},
}
