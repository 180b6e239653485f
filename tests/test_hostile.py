"""Files made to hang, exhaust, crash or take over a reader end in a named state within limits."""

from __future__ import annotations

import gzip
import json
import pickle
import subprocess
import sys
import time
import zipfile
import zlib
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path
from types import SimpleNamespace

import pytest
import taken_over
from test_pdf import pdf, say, stream
from test_sources import paragraph, write_docx

from textmine import worker
from textmine.errors import ReadError
from textmine.sources import read
from textmine.store.codec import extraction_from_json
from textmine.worker import Limits, Result, Task, run

# Room for all that an honest page of these tests takes, and little more.
LITTLE = Limits(cpu_seconds=2, page_cpu_seconds=1, memory_bytes=96 << 20)


def packed(content: bytes) -> tuple[bytes, str]:
    return zlib.compress(content), "/Filter/FlateDecode"


def with_contents(good: bytes, *, at: int, data: bytes, more: str) -> bytes:
    """A PDF whose page ``at`` (of the three that ``good`` has) has other contents."""
    number = 6 + 2 * (at - 1) + 1
    head, mark, tail = good.partition(b"%d 0 obj\n" % number)
    _, end, rest = tail.partition(b"\nendobj\n")
    return head + mark + stream(data, more) + end + rest


def of_three_pages(data: bytes, more: str = "") -> bytes:
    good = pdf(say("The first page."), say("The second page."), say("The third page."))
    return with_contents(good, at=2, data=data, more=more)


def result_of(path: Path, data: bytes, limits: Limits = LITTLE) -> Result:
    path.write_bytes(data)
    (result,) = run([Task(0, str(path), "0" * 64, path.name)], jobs=1, limits=limits)
    return result


def pages_of(result: Result) -> dict[int, str]:
    assert result.extraction is not None, (result.reason, result.detail)
    return {page.number: page.text for page in extraction_from_json(result.extraction).pages}


# ---- Pages that cost a worker its life do not cost the others ---------------------------------


def test_a_page_that_takes_for_ever_costs_itself_alone(tmp_path):
    data, more = packed(b"q Q " * (3 << 20))
    little = replace(LITTLE, cpu_seconds=1)
    result = result_of(tmp_path / "loop.pdf", of_three_pages(data, more), little)
    texts = pages_of(result)
    assert (texts[1], texts[3]) == ("The first page.", "The third page.")
    assert not texts.get(2)
    extraction = extraction_from_json(result.extraction)
    said = {page.number: page.verdict.reason for page in extraction.pages} | dict(
        extraction.missing
    )
    assert "page 2" in said[2].lower()
    assert result.reason == ""
    assert result.derived is not None


def test_a_page_that_asks_for_all_memory_costs_itself_alone(tmp_path):
    data, more = packed(b" " * (1 << 28))
    texts = pages_of(result_of(tmp_path / "bomb.pdf", of_three_pages(data, more)))
    assert (texts[1], texts[3]) == ("The first page.", "The third page.")
    assert not texts.get(2)


def lost(step, page, left=(), **more):
    each = SimpleNamespace(
        step=step and (step, page),
        left=left,
        end=time.monotonic() + 100,
        error=None,
        extraction=None,
        derived=None,
    )
    vars(each).update(more)
    return worker._without(each, Result(Task(0, "", "", ""), None, None, "crash", "why"))


def test_what_is_left_out_grows_until_there_is_an_end():
    one = lost("page", 7)
    assert one == (("page", 7, 7, "crash", "why"),)
    two = lost("page", 9, one)
    three = lost("page", 11, two)
    assert [left[:3] for left in three] == [("page", 7, 7), ("page", 9, 9), ("page", 11, None)]
    assert lost("page", 12, three) is None  # it was left out and is lost all the same
    tries, left = 1, ()
    for at in range(100):
        if (left := lost("second", at, left)) is None:
            break
        tries += 1
    assert tries <= worker._MOST_TRIES


@pytest.mark.parametrize(
    ("step", "more"),
    [
        (None, {}),  # nothing is known of what it was at
        ("deriving", {"extraction": {"pages": []}}),  # the text is there
        ("page", {"error": ("damaged", "said by the worker")}),
        ("page", {"end": 0.0}),  # the document had its time
    ],
)
def test_what_is_not_read_again(step, more):
    assert lost(step, 1, **more) is None


def test_what_is_put_together_wrongly_is_read_by_the_second_reader(tmp_path):
    (left,) = lost("composing", 0)
    assert left[:3] == ("opening", 0, 0)
    path = tmp_path / "agreement.pdf"
    path.write_bytes(pdf(say("The Parties shall cooperate.")))

    def begin(step, page):
        return ReadError(left.reason, left.detail) if step == "opening" else None

    (page,) = read(path, begin=begin).pages
    assert page.text == "The Parties shall cooperate."
    assert page.verdict.state == "suspect"
    assert "why" in page.verdict.reason


@pytest.mark.parametrize("step", ["second", "judging"])
def test_a_check_that_is_left_out_is_told(tmp_path, step):
    path = tmp_path / "agreement.pdf"
    path.write_bytes(pdf(say("The Parties shall cooperate.")))
    extraction = read(path, begin=lambda s, page: ReadError("crash", "Why.") if s == step else None)
    assert extraction.text == "The Parties shall cooperate."
    told = [*extraction.warnings, *(page.verdict.reason for page in extraction.pages)]
    assert any("Why." in each or "could not look" in each for each in told)


def test_the_time_of_a_document_grows_with_its_pages_and_ends(monkeypatch):
    used = 0.0
    granted: list[float] = []
    monkeypatch.setattr(time, "process_time", lambda: used)
    monkeypatch.setattr(worker, "_give_cpu", granted.append)
    limits = Limits(cpu_seconds=10, page_cpu_seconds=2)
    meter = worker._Meter(limits, (), lambda kind, value: None)
    assert meter.begin("opening", 0) is None
    assert granted == [10.0]
    for page in range(1, 6):
        assert meter.begin("page", page) is None
        assert granted[-1] == 10.0 + 2 * page - max(0, 2 * page - used)  # never over 10 for one
        used += 4.0
    while (left := meter.begin("page", 6)) is None:
        used += 4.0
    assert left.reason == "timeout"
    assert used >= 10 + 2 * 5
    assert meter.begin("composing", 0) is None
    assert granted[-1] == used + 10


@pytest.mark.parametrize(
    "message",
    [
        b"no JSON",
        b"[1]",
        b"{}",
        b"[" * 50_000,
        b'{"step": ["made-up", 1, 1]}',
        b'{"step": ["page", {}, 1]}',
        b'{"step": ["page", 1, Infinity]}',
        b'{"step": ["page", Infinity, 1]}',
        b'{"step": ["page", 1, NaN]}',
        b'{"step": ["page", 1, 1%s]}' % (b"0" * 400),
        b'{"step": ["page", -1, 1]}',
        b'{"step": ["page", true, 1]}',
        b'{"step": ["page", 1]}',
        b'{"page": [Infinity, 1]}',
        b'{"page": [1, 1], "step": ["page", 1, 1]}',
        b'{"error": ["A\\u001b[2J", "why"]}',
        b'{"derived": {}}',  # before there is a text
        b'{"page": [1, "%s"]}' % (b"x" * 50_000),
        b'{"error": 3}',
        b'{"page": ["x", "y"]}',
    ],
)
def test_nonsense_from_a_worker_is_a_crash_of_that_worker(message):
    ours, theirs = Pipe(duplex=False)
    each = hearing(ours)
    theirs.send_bytes(message)
    assert worker._finished([each], LITTLE, lambda *said: None) == [each]
    assert each.error[0] == "crash"


def hearing(pipe):
    clock = SimpleNamespace(give=lambda seconds: None)
    return worker._Running(Task(0, "", "", ""), None, pipe, clock, 0.0)


def taken_in(messages):
    ours, theirs = Pipe(duplex=False)
    each = hearing(ours)
    for message in messages:
        theirs.send_bytes(message)
        if worker._finished([each], LITTLE, lambda *said: None):
            break
    return each


def test_a_worker_speaks_of_its_document_once(monkeypatch):
    text, clauses = b'{"extraction": {}}', b'{"derived": {}}'
    assert taken_in([text, clauses]).error is None
    assert taken_in([text, text]).error[0] == "crash"
    assert taken_in([text, clauses, clauses]).error[0] == "crash"
    monkeypatch.setattr(worker, "_MOST_MESSAGES", 5)
    assert taken_in([b'{"step": ["page", 1, 1.5]}'] * 5).error is None
    assert taken_in([b'{"step": ["page", 1, 1.5]}'] * 6).error[0] == "crash"


def test_what_a_worker_sends_is_weighed_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(worker, "MOST_VALUES", 1000)
    monkeypatch.setattr(worker.json, "loads", lambda message: pytest.fail("it was decoded"))
    assert taken_in([b'{"extraction": [%s]}' % (b"[]," * 300)]).error is None
    assert taken_in([b'{"extraction": [%s]}' % (b"[]," * 600)]).error[0] == "too-large"
    parts = [b'{"extraction": [%s]}' % (b"[]," * 300), b'{"derived": [%s]}' % (b"[]," * 300)]
    assert taken_in(parts).error[0] == "too-large"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such layers")
def test_nothing_of_a_worker_outlives_it(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(worker, "_work", taken_over.work)
    result = result_of(tmp_path / "any.txt", b"any")
    assert result.reason == ""
    assert result.derived == {"left the group": False, "has open": 1}
    (child,) = result.extraction["children"]
    until = time.monotonic() + 60
    while is_running(child):
        assert time.monotonic() < until
        time.sleep(0.01)
    assert "steered" not in "".join(capfd.readouterr())


def is_running(process: int) -> bool:
    try:
        stat = Path("/proc", str(process), "stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


# ---- PDF files --------------------------------------------------------------------------------


def font(more: str) -> bytes:
    inner = f"<</Type/Font/Subtype/CIDFontType2/BaseFont/A{more}/FontDescriptor<</Flags 4>>>>"
    return (
        "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 7 0 R"
        f"/DescendantFonts[{inner}]>>"
    ).encode()


INFO = "/CIDSystemInfo<</Registry(A)/Ordering(B)/Supplement 0>>"
ENDLESS_RANGE = b"1 beginbfrange <00000000> <FFFFFFFF> <0000> endbfrange"
RESOURCES = "/Font<</A 6 0 R>>"
SHOWN = "BT /A 12 Tf 50 500 Td <00410042> Tj ET"


def in_font(more: str, table: bytes) -> bytes:
    data = pdf(SHOWN, extra=(font(more), stream(table)))
    return data.replace(b"/Font<</H 3 0 R/P 4 0 R>>", RESOURCES.encode())


GOOD = pdf(say("The Parties shall agree on this."))


@pytest.mark.parametrize(
    ("name", "data", "reasons"),
    [
        ("endless-table", in_font(INFO, ENDLESS_RANGE), None),
        ("endless-widths", in_font(f"{INFO}/W[0 2000000000 500]", b""), None),
        ("circle", GOOD.replace(b"/Kids[6 0 R]", b"/Kids[2 0 R]"), None),
        ("half", GOOD[: len(GOOD) // 2], {"truncated"}),
        ("only-a-head", b"%PDF-1.7\n", {"truncated"}),
        ("no-box", GOOD.replace(b"/MediaBox[0 0 400 600]", b""), None),
        ("endless-box", GOOD.replace(b"[0 0 400 600]", b"[0 0 1e30 9e99]"), None),
        ("many-objects", GOOD.replace(b"xref\n0 8", b"xref\n0 999999999"), None),
        ("deep", GOOD.replace(b"/Parent", b"/Z" + b"[" * 9**5 + b"]" * 9**5 + b"/Parent"), None),
        ("not-a-pdf", bytes(range(256)) * 9, {"unsupported"}),
    ],
)  # fmt: skip
def test_hostile_pdfs_are_read_or_refused_by_name(tmp_path, name, data, reasons):
    """``None``: whether text comes out hangs on which of the readers bears it; both are fine."""
    result = result_of(tmp_path / f"{name}.pdf", data)
    if reasons is not None:
        assert result.extraction is None
        assert result.reason in reasons
    known = {
        "",
        "no-pages",
        "damaged",
        "truncated",
        "too-large",
        "timeout",
        "memory",
        "unsupported",
    }
    assert result.reason in known, result.detail
    assert result.reason == "" or (result.detail and "\n" not in result.detail)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_a_file_that_was_cut_is_never_said_to_be_sound(tmp_path, share):
    data = pdf(*(say(f"Article {at}. The Parties shall agree.") for at in range(1, 6)))
    path = tmp_path / "cut.pdf"
    path.write_bytes(data[: int(len(data) * share)])
    try:
        extraction = read(path)
    except ReadError as error:
        told = error.reason
    else:
        assert any("end of the file is missing" in warning for warning in extraction.warnings)
        told = extraction.pages[-1].verdict.state
    assert told in ("truncated", "suspect")


def test_a_file_filled_up_with_zeros_is_whole(tmp_path):
    path = tmp_path / "filled.pdf"
    path.write_bytes(GOOD + bytes(5000))
    assert read(path).pages[0].verdict.state == "good"


# What a font may name as the table of its codes: pdfminer before 20251107 opened any file and ran
# the code in it (CVE-2025-64512).
OPENED = """
import json, sys
from pathlib import Path
from textmine.errors import ReadError
from textmine.sources import read
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
for path in sys.argv[1:]:
    try:
        read(Path(path))
    except ReadError:
        pass
print(json.dumps(opened))
"""


class Planted:
    """What a hostile file would have run."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


def test_a_font_cannot_have_a_file_opened(tmp_path):
    planted = tmp_path / "planted.pickle.gz"
    mark = tmp_path / "was-run"
    planted.write_bytes(gzip.compress(pickle.dumps(Planted(mark))))
    name = str(planted).removesuffix(".pickle.gz")
    up = "../" * 30 + name.lstrip("/")
    whole, upwards = ("".join(f"#{byte:02x}" for byte in each.encode()) for each in (name, up))
    ordering = INFO.replace("(B)", f"(B-{up})").replace("(A)", f"({up})")
    in_table = f"/{whole} usecmap 1 beginbfchar <0041> <0041> endbfchar".encode()
    hostile = {
        "encoding": in_font(INFO, b"").replace(b"/Identity-H", f"/{whole}".encode()),
        "upwards": in_font(INFO, b"").replace(b"/Identity-H", f"/{upwards}".encode()),
        "ordering": in_font(ordering, b""),
        "table": in_font(INFO, in_table),
    }
    for each, data in hostile.items():
        (tmp_path / f"{each}.pdf").write_bytes(data)
    files = [str(tmp_path / f"{each}.pdf") for each in hostile]
    done = subprocess.run(
        [sys.executable, "-c", OPENED, *files], capture_output=True, text=True, check=True
    )
    opened = json.loads(done.stdout)
    assert set(files) <= set(opened)
    assert not mark.exists()
    assert not [path for path in opened if "planted" in path]
    inside = tuple(str(Path(each).resolve()) for each in (sys.prefix, sys.base_prefix))
    tables = [path for path in opened if path.endswith((".gz", ".pickle"))]
    assert all(str(Path(path).resolve()).startswith(inside) for path in tables)


# ---- Word documents ---------------------------------------------------------------------------


def test_names_in_an_archive_lead_nowhere(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    file = write_docx(inner / "a.docx", paragraph("text"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("../../outside.txt", b"x")
        archive.writestr(str(tmp_path / "absolute.txt"), b"x")
    assert read(file).text == "text"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.docx", "inner"]


def test_a_bomb_whose_head_lies_is_stopped(tmp_path):
    file = write_docx(tmp_path / "a.docx", paragraph("text " * 100_000))
    data = bytearray(file.read_bytes())
    at = data.rfind(b"word/document.xml") - 46  # its entry in the list of the archive
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")  # its size once inflated
    file.write_bytes(data)
    with pytest.raises(ReadError):
        read(file)


def test_text_that_the_reader_does_not_know_is_missed(tmp_path):
    known = paragraph("known", runs="<w:ins><w:r><w:t>new</w:t></w:r></w:ins>")
    (page,) = read(write_docx(tmp_path / "a.docx", known)).pages
    assert page.verdict.state == "good"
    unknown = paragraph("known", runs="<w:later><w:r><w:t>lost words</w:t></w:r></w:later>")
    (page,) = read(write_docx(tmp_path / "b.docx", unknown)).pages
    assert page.text == "known"
    assert page.verdict.state == "suspect"
    assert "stores 14 letters and 5 were read" in page.verdict.reason


def test_what_is_left_out_is_quoted(tmp_path):
    runs = (
        "<w:del><w:r><w:delText>gone for ever</w:delText></w:r></w:del>"
        f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>{'hidden ' * 20}</w:t></w:r>"
    )
    extraction = read(write_docx(tmp_path / "a.docx", paragraph("seen", runs=runs)))
    deleted, hidden = extraction.warnings
    assert "(«gone for ever»)" in deleted
    assert "(«hidden hidden hidden hidden hidden…»)" in hidden
    assert extraction.pages[0].verdict.state == "good"


def test_formulas_are_read(tmp_path):
    formula = "<m:oMath><m:acc><m:e><m:r><m:t>x</m:t></m:r></m:e></m:acc></m:oMath>"
    (page,) = read(write_docx(tmp_path / "a.docx", paragraph("mean ", runs=formula))).pages
    assert page.text == "mean x"
    assert page.verdict.state == "good"
