"""Makes documents from a seed: PDFs of one to twelve short pages and DOCX, no two the same.

Words come from the benchmark of searches. 60 % of the documents are Persian, 30 % English, 10 %
both; every twelfth is a DOCX. Persian is drawn as older programs draw it, in joined letter forms in
visual order, so that the reader has to undo it. A page has a heading, three short articles and a
page number, some 70 words. Pages are set many at once and then dealt into documents: to set fonts
anew for each would take longer than to read it.
"""

from __future__ import annotations

import hashlib
import io
import random
import re
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pypdfium2
from fpdf import FPDF
from search_bench.corpus import Maker

ROOT = Path(__file__).resolve().parents[2]
FONT = ROOT / "corpus" / "sources" / "fonts" / "Vazirmatn-Regular.ttf"

WORDS_A_LINE = 11
SET_AT_ONCE = 200
EVERY_TWELFTH = 12
LANGUAGES = ("fa", "fa", "fa", "fa", "fa", "fa", "en", "en", "en", "mixed")

_LEFT, _RIGHT, _TOP, _LEADING = 25.0, 185.0, 30.0, 9.0  # millimetres
_PERSIAN = re.compile("[\u0600-\u06ff]")

Page = list[str]
"""The lines of a page, in logical order."""


def pages(count: int, seed: int) -> Iterator[tuple[str, Page]]:
    """Pages with their language, no two the same."""
    words = _words(seed)
    draw = random.Random(seed)
    for number in range(1, count + 1):
        language = draw.choice(LANGUAGES)
        lines = [next(words[language])[:60]]
        for article in range(1, 4):
            head = "Article" if language == "en" else "ماده"
            text = f"{head} {article + draw.randrange(40)} - {next(words[language])}".split()
            lines += [
                " ".join(text[at : at + WORDS_A_LINE]) for at in range(0, len(text), WORDS_A_LINE)
            ][:3]
        lines.append(f"{number}")
        yield language, lines


def _words(seed: int) -> dict[str, Iterator[str]]:
    """Endless clauses of each language."""
    found: dict[str, list[str]] = defaultdict(list)
    for document in Maker(seed).documents(20_000, 1):
        values = [each.value for each in document.attributes if each.name == "language"]
        language = "mixed" if len(values) > 1 else values[0]
        found[language] += [each.clause.text for each in document.clauses]
    return {language: _endless(clauses, seed) for language, clauses in found.items()}


def _endless(clauses: Sequence[str], seed: int) -> Iterator[str]:
    draw = random.Random(seed)
    while True:
        first, second = draw.choice(clauses).split(), draw.choice(clauses).split()
        yield " ".join(first[: len(first) // 2] + second[len(second) // 2 :])


def write(folder: Path, pages_wanted: int, seed: int = 1) -> tuple[int, int]:
    """Write documents that have so many pages between them; how many documents, how many pages."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)
    made: dict[str, list[Page]] = defaultdict(list)
    documents = written = 0
    source = pages(pages_wanted, seed)
    while True:
        made.clear()
        for _, (language, page) in zip(range(SET_AT_ONCE), source, strict=False):
            made[language].append(page)
        if not made:
            return documents, written
        for language, lines in made.items():
            sheets = pypdfium2.PdfDocument(_set(lines, language))
            at = 0
            while at < len(lines):
                size = min(draw.choice((1, 2, 3, 4, 5, 6, 8, 12)), len(lines) - at)
                chosen = range(at, at + size)
                documents += 1
                name = f"{documents:06}-{language}"
                if documents % EVERY_TWELFTH == 0:
                    text = [line for page in lines[at : at + size] for line in page]
                    (folder / f"{name}.docx").write_bytes(_docx(text))
                else:
                    one = pypdfium2.PdfDocument.new()
                    one.import_pages(sheets, list(chosen))
                    one.save(folder / f"{name}.pdf")
                    one.close()
                written += size
                at += size
            sheets.close()


def _set(lines_of_pages: Sequence[Page], language: str) -> bytes:
    pdf = FPDF(format="A4", unit="mm")
    pdf.add_font("text", fname=FONT)
    for lines in lines_of_pages:
        pdf.add_page()
        pdf.set_font("text", size=11)
        for row, line in enumerate(lines):
            shown = drawn(line) if _PERSIAN.search(line) else line
            across = _LEFT
            if language != "en":
                across = _RIGHT - pdf.get_string_width(shown)
            pdf.text(across, _TOP + row * _LEADING, shown)
    return bytes(pdf.output())


def _docx(lines: Sequence[str]) -> bytes:
    space = "http://schemas.openxmlformats.org"
    kind = f"{space}/officeDocument/2006/relationships/officeDocument"
    body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    type_ = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{type_}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kind}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{space}/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


# -- Persian as older programs draw it -------------------------------------------------------------


def _shapes() -> dict[str, dict[str, str]]:
    """Each letter with its shapes: isolated, initial, medial, final."""
    shapes: dict[str, dict[str, str]] = defaultdict(dict)
    for code in (*range(0xFB50, 0xFC00), *range(0xFE80, 0xFEFD)):
        kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if len(letters) == 1:
            shapes[chr(int(letters[0], 16))].setdefault(kind.strip("<>"), chr(code))
    return shapes


_SHAPES = _shapes()


def drawn(line: str) -> str:
    """A line in joined letter forms, in the order in which it stands from left to right."""
    joined = []
    for at, letter in enumerate(line):
        before = line[at - 1] if at else ""
        after = line[at + 1] if at + 1 < len(line) else ""
        shapes = _SHAPES.get(letter, {})
        from_right = "initial" in _SHAPES.get(before, {}) and "final" in shapes
        to_left = "initial" in shapes and "final" in _SHAPES.get(after, {})
        kind = ("isolated", "initial", "final", "medial")[2 * from_right + to_left]
        joined.append(shapes.get(kind, letter))
    shown = "".join(joined).replace("\u200c", "")
    # Digits and Latin words keep their own order.
    runs = re.findall(r"[0-9۰-۹A-Za-z]+(?:[ .,'-][0-9A-Za-z]+)*|.", shown)
    return "".join(reversed(runs))


def digest(folder: Path) -> str:
    """One hash over all documents of a folder."""
    found = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        found.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()[:16]
