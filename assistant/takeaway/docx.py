"""A record of answers as a Word file: real headings, tables, block quotes, superscript numbers, Chinese fonts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from assistant.takeaway.blocks import Block, Grid, Heading, Items, Line, Paragraph, Quotation, References, Run, told
from assistant.takeaway.words import Language, say, shown

_SERIF, _SONG, _HEI, _KAI = "Times New Roman", "宋体", "黑体", "楷体"
_INK, _GREY, _ACCENT, _RULE = "1F1F1F", "6B6B6B", "B3261E", "C9C4B8"
_TEXT_WIDTH = 15.4
"""Centimetres between the margins of an A4 page."""
_FONTS = {"Normal": _SONG, "Title": _HEI, "Quote": _KAI, "List Bullet": _SONG, "List Number": _SONG, "Caption": _SONG}
_HEADINGS = {1: 14.0, 2: 12.0, 3: 11.0, 4: 10.5, 5: 10.5}
"""Word's heading levels and their sizes in points; level 1 of a record is Word's ``Title``."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP archive can hold; with it the same record gives the same bytes."""


def render_docx(blocks: Sequence[Block], *, language: Language, accessed: date | None) -> bytes:
    """The blocks as a .docx file; the same blocks and date give the same bytes."""
    from docx import Document

    document = Document()
    _style(document, language)
    writer = _Writer(document)
    for block in blocks:
        writer.add(block)
    said = document.core_properties
    said.title, said.author, said.comments = say(language, "title"), "省问 ShengWen", ""
    said.language = "en-US" if language == "en" else "zh-CN"
    moment = datetime.combine(accessed, datetime.min.time()) if accessed is not None else datetime(*_EPOCH)
    said.created = said.modified = moment
    written = io.BytesIO()
    document.save(written)
    return _dated(written.getvalue())


def _dated(archive: bytes) -> bytes:
    """The archive with every member at one fixed time, instead of now."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for member in read.infolist():
            written.writestr(zipfile.ZipInfo(member.filename, _EPOCH), read.read(member), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _style(document: Any, language: Language) -> None:
    """Fonts for both scripts, and a page that looks like a Chinese report, not like the library's template."""
    from docx.shared import Cm, Pt

    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.8)
        section.top_margin = section.bottom_margin = Cm(2.5)
    for name, east_asian in _FONTS.items():
        _set_font(document.styles[name], east_asian, size=10.5)
    for level, size in _HEADINGS.items():
        _set_font(document.styles[f"Heading {level}"], _HEI, size=size)
    normal, title, quote = (document.styles[name] for name in ("Normal", "Title", "Quote"))
    normal.paragraph_format.line_spacing, normal.paragraph_format.space_after = 1.35, Pt(4)
    title.font.size = Pt(20)
    quote.font.italic = False  # slanted Chinese is hard to read
    quote.paragraph_format.left_indent, quote.paragraph_format.right_indent = Cm(0.75), Cm(0.75)
    _add_rule(title, "bottom", 8, _ACCENT)
    _add_rule(quote, "left", 12, _RULE)
    for lang in document.styles.element.iter(_tag("w:lang")):
        lang.set(_tag("w:val"), "en-US")
        lang.set(_tag("w:eastAsia"), "zh-CN")
    for edge in document.styles["Table Grid"].element.iter():
        if edge.get(_tag("w:color")) is not None:
            edge.set(_tag("w:color"), _RULE)
    _number_pages(document.sections[0].footer.paragraphs[0])


def _set_font(style: Any, east_asian: str, *, size: float) -> None:
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.color.rgb = _SERIF, Pt(size), RGBColor.from_string(_INK)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # a theme's font would win
        fonts.attrib.pop(_tag(f"w:{theme}"), None)
    fonts.set(_tag("w:eastAsia"), east_asian)


def _add_rule(style: Any, side: str, eighths: int, colour: str) -> None:
    """A line on one side of a style's paragraphs, in place of those of the template."""
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(_tag("w:pBdr")):
        properties.remove(old)
    borders, line = _element("w:pBdr"), _element(f"w:{side}")
    for name, value in (("val", "single"), ("sz", eighths), ("space", 6), ("color", colour)):
        line.set(_tag(f"w:{name}"), str(value))
    borders.append(line)
    after = ("shd", "tabs", "suppressAutoHyphens", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl", "rPr")
    at = next(
        (i for i, child in enumerate(properties) if child.tag in {_tag(f"w:{n}") for n in after}), len(properties)
    )
    properties.insert(at, borders)  # the schema fixes the order


def _number_pages(paragraph: Any) -> None:
    paragraph.alignment = 1
    run = paragraph.add_run()
    for kind, text in (("begin", None), (None, " PAGE "), ("end", None)):
        part = _element("w:fldChar" if kind else "w:instrText")
        part.set(_tag("w:fldCharType" if kind else "xml:space"), kind or "preserve")
        part.text = text
        run._r.append(part)


def _tag(name: str) -> Any:
    from docx.oxml.ns import qn

    return qn(name)


def _element(name: str) -> Any:
    from docx.oxml import OxmlElement

    return OxmlElement(name)


def _widths(block: Grid) -> list[float]:
    """Centimetres for each column: by its longest cell, so that quotes get the room and marks do not."""
    lengths = [max(len(told(row[i])) for row in (block.head, *block.rows)) for i in range(len(block.head))]
    wanted = [min(n, 32) + 3 for n in lengths]
    return [_TEXT_WIDTH * w / sum(wanted) for w in wanted]


class _Writer:
    """Appends blocks to a document."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def add(self, block: Block) -> None:
        """One block at the end of the document."""
        if isinstance(block, Heading):
            self._fill(self._document.add_heading(level=min(block.level - 1, 5)), block.line)
        elif isinstance(block, Paragraph):
            self._paragraph(block)
        elif isinstance(block, Items):
            # Numbers are written out: Word would go on counting from the list before.
            for i, line in enumerate(block.lines):
                style = "List Bullet" if block.start is None else "Normal"
                number = () if block.start is None else (Run(f"{block.start + i}. "),)
                self._fill(self._document.add_paragraph(style=style), (*number, *line))
        elif isinstance(block, Quotation):
            self._lines(self._document.add_paragraph(style="Quote"), block.lines)
        elif isinstance(block, References):
            self._references(block)
        elif block.head:
            self._grid(block)

    def _paragraph(self, block: Paragraph) -> None:
        from docx.shared import Pt, RGBColor

        paragraph = self._document.add_paragraph()
        self._lines(paragraph, block.lines)
        for run in paragraph.runs:
            if block.look == "note":
                run.font.size, run.font.color.rgb = Pt(9), RGBColor.from_string(_GREY)
            elif block.look == "short":
                run.font.size, run.bold = Pt(14), True

    def _references(self, block: References) -> None:
        from docx.shared import Cm, Pt

        for text, _ in block.entries:
            paragraph = self._document.add_paragraph()
            paragraph.paragraph_format.left_indent = Cm(0.75)
            paragraph.paragraph_format.first_line_indent = Cm(-0.75)
            self._fill(paragraph, (Run(text),))
            for run in paragraph.runs:
                run.font.size = Pt(9)

    def _grid(self, block: Grid) -> None:
        from docx.shared import Cm, Pt

        table = self._document.add_table(rows=0, cols=len(block.head), style="Table Grid")
        table.autofit = False
        widths = [Cm(w) for w in _widths(block)]
        for i, row in enumerate((block.head, *block.rows)):
            added = table.add_row()
            for cell, line, width in zip(added.cells, row, widths, strict=True):
                cell.width, paragraph = width, cell.paragraphs[0]
                self._fill(paragraph, line)
                paragraph.paragraph_format.space_after, paragraph.paragraph_format.line_spacing = Pt(1), 1.15
                for run in paragraph.runs:
                    run.font.size = Pt(9)
                    run.bold = True if i == 0 else run.bold
            if i == 0:
                added._tr.get_or_add_trPr().append(_element("w:tblHeader"))  # again on every page
        for column, width in zip(table.columns, widths, strict=True):  # for programs that do not ask the cells
            column.width = width
        self._document.add_paragraph()

    def _lines(self, paragraph: Any, lines: Sequence[Line]) -> None:
        for i, line in enumerate(lines):
            if i:
                paragraph.add_run().add_break()
            self._fill(paragraph, line)

    def _fill(self, paragraph: Any, line: Line) -> None:
        for run in line:
            added = paragraph.add_run(" ".join(shown(run.text).split("\n")))
            added.bold = True if run.bold else None
            if run.marker is not None:
                added.font.superscript = True
