"""Scanned pages: which are recognised, what comes of it, and what is said without the program."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from fpdf import FPDF
from PIL import Image, ImageDraw

from textmine import ingest, worker
from textmine.errors import ReadError
from textmine.pages import Composer, Sheet
from textmine.records import Box
from textmine.sources import current_extractor, pictures, read, recognition, scans, tesseract
from textmine.sources.pdf import EXTRACTOR, read_pdf
from textmine.sources.recognition import ReadLine, tokens
from textmine.sources.steps import go_on
from textmine.sources.tesseract import Program, RecognitionError, Word
from textmine.store.corpus import Corpus

REPORTS = Path(__file__).parent / "data" / "reports"

# A program that answers as Tesseract does, with the tables that the test wrote beside it.
STAND_IN = """#!/bin/sh
case "$*" in
*--version*) echo "tesseract 5.9.9"; echo " leptonica-1"; exit 0 ;;
*--list-langs*) /bin/cat "{here}/languages"; exit 0 ;;
esac
echo "$*" >> "{here}/calls"
/bin/cat > /dev/null
if [ -s "{here}/fails" ]; then /bin/cat "{here}/fails" >&2; exit 1; fi
case "$*" in
*"-l fas --psm 3"*) /bin/cat "{here}/table" ;;
esac
"""
HEAD = (
    *("level", "page_num", "block_num", "par_num", "line_num", "word_num"),
    *("left", "top", "width", "height", "conf", "text"),
)


def line(number: int, top: int, right: int, *words: tuple[str, float]) -> list[list[object]]:
    """Rows of the program's table: words of a line from right to left, 60 pixels wide each."""
    return [
        [5, 1, 1, 1, number, at, right - 70 * at - 60, top, 60, 20, sure, text]
        for at, (text, sure) in enumerate(words)
    ]


PERSIAN = [
    *line(1, 100, 800, ("\u200fماده", 95), ("۱", 90), ("-", 90), ("هدف", 93)),
    *line(2, 150, 800, ("طرف‌ها", 91), ("همکاری", 92), ("می‌کنند.", 88)),
]


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Puts a stand-in for Tesseract on the path; gives the function that says what it answers."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def say(rows=(), languages=("eng", "fas"), fails="") -> Path:
        table = "\n".join("\t".join(map(str, row)) for row in (HEAD, *rows))
        (folder / "table").write_text(table + "\n", encoding="utf-8")
        listed = "\n".join(("List of available languages (2):", *languages))
        (folder / "languages").write_text(listed + "\n", encoding="utf-8")
        (folder / "fails").write_text(fails, encoding="utf-8")
        name = folder / "tesseract"
        name.write_text(STAND_IN.format(here=folder), encoding="utf-8")
        name.chmod(0o755)
        tesseract._asked.cache_clear()
        return folder

    monkeypatch.setenv("PATH", str(folder))
    tesseract._asked.cache_clear()
    yield say
    tesseract._asked.cache_clear()


if sys.platform == "win32":
    pytest.skip("The stand-in for Tesseract is a Unix script.", allow_module_level=True)


def scan(path: Path, pages: int = 1, dpi: int = 100, marks: bool = True) -> Path:
    """A PDF whose pages are pictures: bars where words would be, or nothing."""
    pdf = FPDF(unit="pt", format=(400, 300))
    picture = Image.new("L", (556, 417), 255)
    if marks:
        for top in (67, 100):
            for left in range(346, 530, 47):
                ImageDraw.Draw(picture).rectangle((left, top, left + 39, top + 12), fill=0)
    for _ in range(pages):
        pdf.add_page()
        pdf.image(picture, 0, 0, 556 * 72 / dpi, 417 * 72 / dpi)
    path.write_bytes(pdf.output())
    return path


# Without the program


def test_without_the_program_the_document_says_what_to_install(program, tmp_path):
    extraction = read(scan(tmp_path / "scan.pdf", pages=2))
    (page, _) = extraction.pages
    assert (page.text, page.verdict.state) == ("", "none")
    (warning,) = extraction.warnings
    assert warning.startswith("2 pages must be recognised from the picture (OCR). The program")
    for said in (warning, page.verdict.reason):
        for what in ("tesseract-ocr-fas", "brew install", "UB Mannheim", "add the document again"):
            assert what in said
    assert extraction.extractor == f"{EXTRACTOR}; {scans.AWAITING}"


def test_without_the_persian_data_it_says_so(program, tmp_path):
    program(languages=["eng", "osd"])
    (page,) = read(scan(tmp_path / "scan.pdf")).pages
    assert "installed without the language data fas" in page.verdict.reason
    assert "tesseract-ocr-fas" in page.verdict.reason


def test_blank_pages_want_no_recognition(program, tmp_path):
    extraction = read(scan(tmp_path / "blank.pdf", marks=False))
    assert (extraction.warnings, extraction.extractor) == ((), EXTRACTOR)


@pytest.fixture(scope="module")
def report():
    """A report of ours, read."""
    return read(REPORTS / "tehran-ties-fa.pdf")


def test_pages_with_text_are_left_alone(report):
    assert report.extractor == EXTRACTOR
    assert not any("ocr_words" in page.verdict.figures for page in report.pages)


# With the program


def test_a_scan_is_read(program, tmp_path):
    folder = program(PERSIAN)
    heard = []
    extraction = read(scan(tmp_path / "scan.pdf"), lambda at, of: heard.append((at, of)))
    (page,) = extraction.pages
    assert page.text == "ماده ۱ - هدف\nطرف‌ها همکاری می‌کنند."
    assert heard == [(1, 1)]
    assert page.verdict.state == "repaired"
    assert "Tesseract 5.9.9 (fas, eng)" in page.verdict.reason
    figures = page.verdict.figures
    assert (figures["ocr_words"], figures["ocr_low_words"], figures["dpi"]) == (7, 0, 150)
    assert 88 < figures["ocr_confidence"] < 95
    assert extraction.extractor == f"{EXTRACTOR}; {scans.VERSION} (5.9.9)"
    calls = (folder / "calls").read_text().splitlines()
    assert calls[0].startswith("stdin stdout -l fas --psm 3 --dpi 150 tsv")


def test_every_character_has_its_place(program, tmp_path):
    program(PERSIAN)
    (page,) = read(scan(tmp_path / "scan.pdf")).pages
    first = page.lines[0]
    assert page.text[first.start : first.end] == "ماده ۱ - هدف"
    assert len(first.edges) == first.end - first.start
    # The program saw 150 dots to the inch.
    assert first.box.x1 == pytest.approx(800 * 72 / 150, abs=1)
    assert first.box.x0 == pytest.approx((800 - 3 * 70 - 60) * 72 / 150, abs=1)
    assert first.edges[0][1] == pytest.approx(first.box.x1)
    lefts = [left for left, _ in first.edges]
    assert lefts == sorted(lefts, reverse=True)


def test_low_confidence_is_suspect(program, tmp_path):
    program([[*row[:10], 41.5, row[11]] for row in PERSIAN])
    (page,) = read(scan(tmp_path / "scan.pdf")).pages
    assert page.verdict.state == "suspect"
    assert "7 of them below 60" in page.verdict.reason


def test_a_program_that_fails_leaves_the_reason(program, tmp_path):
    folder = program(fails="Could not initialise")
    extraction = read(scan(tmp_path / "scan.pdf", pages=5))
    assert [page.verdict.state for page in extraction.pages] == ["none"] * 5
    assert "Could not initialise" in extraction.pages[0].verdict.reason
    assert "3 pages running" in extraction.pages[4].verdict.reason
    assert "5 of 5 scanned pages could not be recognised" in extraction.warnings[0]
    assert len((folder / "calls").read_text().splitlines()) == 3


def test_a_file_that_cannot_be_drawn_keeps_what_was_read(program, tmp_path):
    program(PERSIAN)
    path = scan(tmp_path / "scan.pdf")
    extraction = read_pdf(path)
    path.write_bytes(b"%PDF-1.7 broken")
    after = scans.recognised(extraction, path)
    assert after.pages == extraction.pages
    assert "cannot be made into pictures" in after.warnings[0]


def test_what_was_read_before_the_time_ran_out_is_kept(program, tmp_path, monkeypatch):
    program(PERSIAN)
    clock = iter(range(0, 10_000, 500))
    monkeypatch.setattr(scans, "DOCUMENT_SECONDS", 600.0)
    monkeypatch.setattr(scans, "now", lambda: float(next(clock)))
    extraction = read(scan(tmp_path / "scan.pdf", pages=3))
    assert [bool(page.text) for page in extraction.pages] == [True, False, False]
    assert "took more than 10 minutes" in extraction.pages[1].verdict.reason


def test_a_slow_page_is_given_up(tmp_path):
    slow = tmp_path / "tesseract"
    slow.write_text("#!/bin/sh\nsleep 30\n")
    slow.chmod(0o755)
    fake = Program(str(slow), "5", frozenset())
    with pytest.raises(RecognitionError, match=r"longer than 0\.2 seconds"):
        tesseract.words(fake, np.zeros((9, 9), np.uint8), "fas", 200, seconds=0.2)


# Garbled layers


def garbled(path: Path, letters: str) -> Path:
    """A page whose text layer says ``letters``, over and over."""
    pdf = FPDF(unit="pt", format=(612, 792))
    pdf.add_page()
    pdf.set_font("helvetica", size=10)
    pdf.multi_cell(500, 14, letters)
    path.write_bytes(pdf.output())
    return path


NOISE = "ëñãò ìõðø ýþäâ óêîï " * 20


def test_a_garbled_layer_gives_way_to_a_better_reading(program, tmp_path):
    more = [
        row
        for at in range(3)
        for row in line(
            at, 100 + 60 * at, 1200, *[(w, 92.0) for w in ["این", "متن", "است", "در", "ایران"]]
        )
    ]
    program(more)
    (page,) = read(garbled(tmp_path / "garbled.pdf", NOISE)).pages
    assert page.text.startswith("این متن است")
    assert "layer is garbled" in page.verdict.reason
    # The picture shows more lines than the stand-in has words for.
    assert page.verdict.state == "suspect"
    assert page.verdict.figures["ocr_unread_lines"] >= 1
    assert "look like lines of words and were not read" in page.verdict.reason


def test_a_garbled_layer_stays_when_its_picture_reads_no_better(program, tmp_path):
    more = [
        row
        for at in range(3)
        for row in line(
            at, 100 + 60 * at, 1200, *[(w, 92.0) for w in ["ثخغ", "ظصض", "قغچ", "ذثر", "ژضظ"]]
        )
    ]
    program(more)
    (page,) = read(garbled(tmp_path / "garbled.pdf", NOISE)).pages
    assert page.text.startswith("ëñãò")
    assert page.verdict.state == "suspect"
    assert "so the layer stands" in page.verdict.reason
    assert {"layer_known", "ocr_known"} <= set(page.verdict.figures)


# Taking up again


@pytest.mark.parametrize(
    ("extractor", "languages", "today"),
    [
        (EXTRACTOR, ["fas", "eng"], EXTRACTOR),
        (f"{EXTRACTOR}; {scans.AWAITING}", ["fas", "eng"], f"{EXTRACTOR}; {scans.VERSION}"),
        (f"{EXTRACTOR}; {scans.AWAITING}", ["eng"], f"{EXTRACTOR}; {scans.AWAITING}"),
        (f"{EXTRACTOR}; {scans.VERSION} (4.1.1)", ["fas", "eng"], None),
        (f"{EXTRACTOR}; {scans.VERSION} (4.1.1)", [], None),
        (f"{EXTRACTOR}; scans 0 (4.1.1)", ["fas", "eng"], f"{EXTRACTOR}; {scans.VERSION} (4.1.1)"),
    ],
)
def test_only_what_waits_is_read_again(program, extractor, languages, today):
    program(languages=languages)
    assert current_extractor(extractor) == (today or extractor)


@pytest.fixture
def in_this_process(monkeypatch):
    """Has documents read here: workers have the path that they were started with."""

    def run(tasks, *, jobs, on_page):
        for task in tasks:
            said: dict[str, object] = {}

            def send(kind, value, task=task, said=said):
                said[kind] = value
                if kind == "page":
                    on_page(task.name, *value)

            worker._derive(task, send, go_on)
            yield worker.Result(task, said["extraction"], said["derived"])

    monkeypatch.setattr(worker, "run", run)


def test_adding_again_after_installing_reads_again(program, tmp_path, in_this_process):
    path = scan(tmp_path / "scan.pdf")
    heard = []
    with Corpus.create(tmp_path / "corpus") as corpus:
        (first,) = ingest.add(corpus, [path], jobs=1).outcomes
        assert (first.state, first.reason[:8]) == ("failed", "no-text:")
        assert "tesseract-ocr-fas" in first.reason
        (again,) = ingest.add(corpus, [path], jobs=1).outcomes
        assert again.reason == first.reason
        folder = program(PERSIAN)
        (third,) = ingest.add(
            corpus, [path], jobs=1, on_page=lambda *said: heard.append(said)
        ).outcomes
        assert third.state == "done"
        assert heard == [(str(path), 1, 1)]
        calls = (folder / "calls").read_text()
        (fourth,) = ingest.add(corpus, [path], jobs=1).outcomes
        assert (fourth.state, fourth.reason) == ("duplicate", ingest.UNCHANGED)
        assert (folder / "calls").read_text() == calls


# Picture files


def test_a_picture_file_is_a_document(program, tmp_path):
    program(PERSIAN)
    picture = Image.new("L", (1240, 1754), 255)
    ImageDraw.Draw(picture).rectangle((600, 100, 800, 300), fill=0)
    path = tmp_path / "page.tiff"
    picture.save(path, save_all=True, append_images=[picture], dpi=(150, 150))
    extraction = read(path)
    assert [page.text.split("\n")[0] for page in extraction.pages] == ["ماده ۱ - هدف"] * 2
    assert extraction.pages[0].width == pytest.approx(595.2)
    assert current_extractor(extraction.extractor) == extraction.extractor


def test_a_broken_picture_is_damaged(tmp_path):
    path = tmp_path / "page.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    with pytest.raises(ReadError) as error:
        read(path)
    assert error.value.reason == "damaged"


# Pictures


def lines_picture(skew: float = 0.0) -> np.ndarray:
    picture = Image.new("L", (900, 1200), 255)
    draw = ImageDraw.Draw(picture)
    for top in range(100, 1100, 40):
        for left in range(100, 800, 50):
            draw.rectangle((left, top, left + 30 + left % 13, top + 12), fill=0)
    return pictures.turned(np.asarray(picture), -skew)


@pytest.mark.parametrize("skew", [0.0, 0.6, -2.0, 5.0, -9.5])
def test_skew_is_found(skew):
    straight = pictures.straightened(lines_picture(skew), 100)
    assert straight.skew == pytest.approx(skew, abs=0.15)


def test_lines_on_their_side_are_noticed():
    upright = lines_picture()
    assert not pictures.stands_on_its_side(upright, 100)
    assert pictures.stands_on_its_side(np.ascontiguousarray(np.rot90(upright)), 100)


def test_ruling_lines_are_found_and_letters_are_not():
    picture = lines_picture().copy()
    picture[80:82, 50:850] = 0
    picture[60:1150, 60:62] = 0
    rules = pictures.rules_of(pictures.dark(picture), 100)
    assert [tuple(round(x, -1) for x in rule) for rule in rules] == [
        (50, 80, 850, 80),
        (60, 60, 60, 1150),
    ]
    clean = pictures.without(picture, rules, 100)
    assert (clean[70:90] == 255).all()
    assert (clean[100:110, 100:130] == 0).all()


@pytest.mark.parametrize(
    ("turn", "skew", "box"),
    [(0, 0.0, (100, 50, 200, 60)), (0, 90.0, (140, 100, 150, 200)), (0, 180.0, (0, 140, 100, 150))],
)
def test_boxes_are_turned_back_about_the_middle(turn, skew, box):
    from textmine.records import Line, Page

    page = Page(1, "ab", (Line(0, 2, box=Box(100, 50, 200, 60)),), width=200, height=200)
    turned = scans._turned_back(page.lines[0], page, scans._Frame(turn, skew))
    assert turned.box == pytest.approx(box, abs=0.01)


# Words


def word(text: str, sure: float, x0: float = 0, x1: float = 10) -> Word:
    return Word(text, sure, x0, 0, x1, 10, (1,))


def known(text: str) -> bool:
    return text in ("کتاب", "شهر", "سال")


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        ([("کتاب", 92), ("شهر", 55)], []),  # in doubt, but a known word
        ([("کتاب", 92), ("متطع", 12), ("شهر", 90)], [["متطع"]]),
        (
            [("کتاب", 92), ("(95", 85), ("2008:", 90), ("۲6", 3), ("شهر", 90)],
            [["(95", "2008:", "۲6"]],
        ),
        ([("کتاب", 92), ("۱۲", 85), ("شهر", 90)], []),  # a Persian number among Persian words
        ([("کتاب", 92), ("۱۲", 85), ("م۵", 3), ("شهر", 90)], [["م۵"]]),
        ([("۱۱۱", 85), ("م۵", 3), ("۲", 90)], [["۱۱۱", "م۵", "۲"]]),  # a line of English
        ([("Ohio", 92)], [["Ohio"]]),
    ],
)
def test_what_is_read_again_in_english(words, runs):
    row = [word(*each) for each in words]
    found = [[one.text for one in run] for run in recognition._doubtful_runs(row, known)]
    assert found == runs


@pytest.mark.parametrize(
    ("persian", "english", "believed"),
    [
        ([("متطع", 12)], [("Toledo,", 91)], True),
        ([("کتابچه", 57)], [("US", 60)], False),  # short and not sure
        ([("متطع", 12)], [("T]|=_", 91)], False),
        ([("۱۲", 12)], [("12", 91)], False),  # no letters: nothing says that it is English
        ([("کتاب", 75)], [("Toledo", 80)], False),
    ],
)
def test_when_english_is_believed(persian, english, believed):
    read_persian, read_english = ([word(*each) for each in part] for part in (persian, english))
    assert recognition._is_english(read_english, read_persian) == believed


def drawn(sign: str) -> tuple[np.ndarray, ReadLine]:
    """A word of two strokes 80 pixels high with a sign at its left end, on the baseline 150."""
    picture = Image.new("L", (300, 220), 255)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((100, 120, 200, 150), fill=0)
    draw.rectangle((210, 70, 222, 150), fill=0)
    if sign in (".", ":", "؛"):
        draw.ellipse((70, 140, 82, 152), fill=0)
    if sign == ":":
        draw.ellipse((70, 110, 82, 122), fill=0)
    if sign == "،":
        draw.polygon([(70, 152), (84, 152), (84, 138), (74, 122)], fill=0)
    if sign == "؛":
        draw.polygon([(70, 134), (84, 134), (84, 120), (74, 104)], fill=0)
    if sign == "ا":
        draw.rectangle((70, 70, 80, 150), fill=0)
    grey = np.asarray(picture)
    return grey, ReadLine([word("شهر", 70, 65, 225)], base=151.0, ascent=80.0, size=108.0)


@pytest.mark.parametrize("sign", [".", "،", ":", "؛"])
@pytest.mark.parametrize("read_as", ["شهر", "شهر.", "شهر؛", "شهر*"])
def test_signs_are_told_by_their_ink(sign, read_as):
    picture, row = drawn(sign)
    row.words[0] = row.words[0]._replace(text=read_as)
    (found,) = recognition._with_signs(row, pictures.dark(picture), picture)
    assert found.text == f"شهر{sign}"


def test_a_word_read_surely_lost_no_sign():
    picture, row = drawn(":")
    row.words[0] = row.words[0]._replace(confidence=92.0)
    (found,) = recognition._with_signs(row, pictures.dark(picture), picture)
    assert found.text == "شهر"


@pytest.mark.parametrize(
    ("read_as", "sign", "text"),
    [
        ("شهر»", ".", "شهر،"),  # a full stop would have been named
        ("شهر.", "،", "شهر،"),
        ("شهر.", "", "شهر."),
        ("(شهر)", "،", "(شهر)،"),
        ("۱۳۹۸", ".", "۱۳۹۸."),
    ],
)
def test_what_the_program_saw_counts(read_as, sign, text):
    assert recognition._ended(word(read_as, 70), sign) == text


@pytest.mark.parametrize("sign", ["", "ا"])
def test_letters_are_no_signs(sign):
    picture, row = drawn(sign)
    (found,) = recognition._with_signs(row, pictures.dark(picture), picture)
    assert found.text == "شهر"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["بود.", "۶۱-۷۲).", "۱۳۹۲:", "(کاظمی،"], "(کاظمی، ۱۳۹۲: ۷۲-۶۱). بود."),
        (["گرفت.", ".", "(Nye,", "2008:", "95)", "است"], "است (Nye, 2008: 95). گرفت."),
        (["Parties", "shall", "meet."], "Parties shall meet."),
        (["می‌شود", "۱۳۹۸", "سال"], "سال ۱۳۹۸ می‌شود"),
    ],
)
def test_words_come_into_logical_order(words, text):
    """Words as they stand from left to right; ranges of Persian numbers run from right to left."""
    row = [word(each, 90, 100 * at, 100 * at + 80) for at, each in enumerate(words)]
    place = scans._Place(0, 50, 1.0, 20.0, 0)
    composer = Composer()
    composer.add(Sheet(1, 1000, 100, list(scans._glyphs(row, place, 0))))
    assert composer.pages()[0].text == text


def test_tokens_hold_half_spaces_and_marks():
    assert tokens("بُعد‌ها؛") == ["بُعد‌ها", "؛"]


# Digits


@pytest.fixture(scope="module")
def printed_numbers(report):
    """Pages of ours at 200 dpi as lines of words: the Persian numbers that they print."""
    unit = 200 / 72
    out: list[tuple[np.ndarray, ReadLine]] = []
    with pypdfium2.PdfDocument(REPORTS / "tehran-ties-fa.pdf") as document:
        for page in report.pages[:4]:
            shown = document[page.number - 1].render(scale=unit, grayscale=True)
            picture = np.array(shown.to_pil())
            for line in page.lines:
                text = page.text[line.start : line.end]
                row = ReadLine(base=(line.box.bottom - 0.25 * line.size) * unit)
                row.ascent, row.size = line.size * unit / recognition._SIZE, line.size * unit
                # Lines of several printed rows have several baselines.
                numbers = () if line.strips else re.finditer(r"(?<!\S)[۰-۹]+(?!\S)", text)
                for found in numbers:
                    edges = line.edges[found.start() : found.end()]
                    x0, x1 = min(a for a, _ in edges), max(b for _, b in edges)
                    box = (x0 * unit, line.box.top * unit, x1 * unit, line.box.bottom * unit)
                    row.words.append(Word(found[0], 70.0, *box, (1,)))
                if row.words:
                    row.words.sort(key=lambda each: each.x0)
                    out.append((picture, row))
    return out


def read_from_ink(picture: np.ndarray, row: ReadLine) -> list[str]:
    found = recognition._with_numbers(row, pictures.dark(picture), picture)
    return [each.text for each in found]


def test_numbers_are_read_from_their_ink(printed_numbers):
    """In a typeface that the weights were not learned from."""
    right = total = 0
    for picture, row in printed_numbers:
        blind = [each._replace(text="۲" * len(each.text)) for each in row.words]
        found = read_from_ink(picture, ReadLine(blind, row.base, row.ascent, row.size))
        true = [each.text for each in row.words]
        right += sum(one == other for one, other in zip(found, true, strict=True))
        total += len(true)
    assert total > 10
    assert right >= 0.9 * total


def test_a_number_the_program_is_sure_of_stays(printed_numbers):
    picture, row = printed_numbers[0]
    sure = [each._replace(confidence=95.0) for each in row.words]
    found = read_from_ink(picture, ReadLine(sure, row.base, row.ascent, row.size))
    assert found == [each.text for each in row.words]


@pytest.mark.parametrize("text", ["شهر", "2008", "Ohio", "("])
def test_what_is_no_persian_number_is_left(text):
    assert not recognition._is_number(word(text, 90))


# The real program


def real() -> Program | None:
    tesseract._asked.cache_clear()
    program = tesseract.installed()
    return program if program is not None and program.reads_persian else None


needs_tesseract = pytest.mark.skipif(
    real() is None,
    reason="Tesseract with fas and eng is not installed: recognition itself was not tested",
)


@pytest.fixture(scope="module")
def real_scan(tmp_path_factory, report):
    """The upper half of a page of ours as a picture, 2 degrees askew, and its true words."""
    truth = report.pages[0]
    height = truth.height / 2
    with pypdfium2.PdfDocument(REPORTS / "tehran-ties-fa.pdf") as document:
        picture = document[0].render(scale=200 / 72, grayscale=True).to_pil()
    picture = picture.crop((0, 0, picture.width, picture.height // 2))
    picture = picture.rotate(-2, Image.Resampling.BICUBIC, fillcolor=255)
    path = tmp_path_factory.mktemp("real") / "scan.pdf"
    picture.save(path, resolution=200)
    lines = [line for line in truth.lines if line.box.bottom < height - 20]
    return path, [truth.text[line.start : line.end] for line in lines], lines


@needs_tesseract
def test_a_real_scan_is_read(real_scan):
    path, truth, lines = real_scan
    extraction = read(path)
    (page,) = extraction.pages
    assert page.verdict.figures["skew_degrees"] == pytest.approx(2, abs=0.2)
    true_words = " ".join(truth).split()
    found = set(page.text.split())
    assert sum(each in found for each in true_words) > 0.75 * len(true_words)
    assert "\u200f" not in page.text
    first = next(line for line in page.lines if page.text[line.start : line.end] in truth)
    same = lines[truth.index(page.text[first.start : first.end])]
    assert abs(first.box.x1 - same.box.x1) < 25
