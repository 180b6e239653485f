"""The report: every number opens exactly its clauses, in both languages, and nothing gets out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import string
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from report_corpus import (
    BOOK,
    HOSTILE,
    TEXTS,
    code,
    coded_corpus,
    document,
    machine_reads,
    uncoded_corpus,
    upgrade,
)

import textmine.reports
from textmine.errors import InputError, UsageError
from textmine.records import Attribute, Coding, Page, Span
from textmine.reports import marks
from textmine.reports.html import write_report
from textmine.reports.sheet import write_page
from textmine.reports.texts import TEXTS as LABELS
from textmine.reports.texts import Both
from textmine.store.catalogue import Source, now
from textmine.store.corpus import Corpus

CARD = """# Model card: m

See [the site](https://example.org) and ![it](https://example.org/p.png). <script>x</script>

## Measured

| coder | macro-F1 |
|---|---:|
| model:m | 0.81 |

## Limits

- It errs.
"""
REPORTS = Path(textmine.reports.__file__).parent
UTF8 = html.HTMLParser(encoding="utf-8")
PERSIAN_LETTER = re.compile("[\u0600-\u06ff]")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The report of the small corpus: what was returned, and its text."""
    folder = tmp_path_factory.mktemp("report")
    with coded_corpus(folder / "c") as corpus:
        done = write_report(corpus, folder / "out" / "report.html")
    return done, done.path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(written):
    return html.document_fromstring(written[1])


def by_id(page):
    found = {}
    for element in page.iter():
        name = element.get("id") if isinstance(element.tag, str) else None
        if name:
            assert name not in found, f"{name} stands twice"
            found[name] = element
    return found


def shown_number(link):
    english, persian = link.findall("i")
    assert persian.text == marks.in_digits(english.text, "fa")
    return int(english.text)


def targets(section):
    return [link.get("href").removeprefix("#") for link in section.iterfind(".//li/a")]


def cross(page, name):
    """A cross table as {row label: {column label: count}}, by the English labels."""

    def english(cell):
        spans = cell.xpath(".//span[@class='e']")
        return spans[0].text_content() if spans else cell.text_content().strip()

    table = by_id(page)[name].find(".//table")
    heads = [english(cell) for cell in table.findall(".//thead//th")][1:]
    rows = {}
    for row in table.findall("./tbody/tr"):
        cells = [cell.find(".//a[@class='n']") for cell in row.findall("td")]
        counts = [0 if cell is None else shown_number(cell) for cell in cells]
        rows[english(row.find("th"))] = dict(zip(heads, counts, strict=True))
    return rows


# -- numbers and what is behind them --------------------------------------------------------------


def test_what_was_written_is_counted(written):
    done, text = written
    assert done.to_json() == {
        "path": str(done.path),
        "coders": ["dictionary:test@1"],
        "documents": 6,
        "clauses": 17,
        "codings": 16,
        "pages": 5,
        "lists": text.count('<section class="list"'),
        "cut": 0,
        "note": "",
        "bytes": len(text.encode("utf-8")),
    }
    json.dumps(done.to_json())


def test_every_number_in_a_table_links_to_exactly_that_many_clauses(page):
    anchors = by_id(page)
    links = page.xpath("//table//a[@class='n']")
    assert len(links) > 60
    for link in links:
        behind = targets(anchors[link.get("href")[1:]])
        assert len(behind) == len(set(behind)) == shown_number(link)
        assert all("clause" in anchors[each].get("class") for each in behind)


def test_lists_of_a_large_corpus_are_cut_and_say_so(tmp_path, monkeypatch):
    monkeypatch.setattr("textmine.reports.tables.MOST_LISTED", 100)
    monkeypatch.setattr("textmine.reports.tables.CUT_TO", 6)
    with coded_corpus(tmp_path / "c") as corpus:
        done = write_report(corpus, tmp_path / "r.html")
    page = html.parse(done.path).getroot()
    anchors = by_id(page)
    cut = set()
    for link in page.xpath("//table//a[@class='n']"):
        behind = anchors[link.get("href")[1:]]
        assert len(targets(behind)) == min(6, shown_number(link))
        short = shown_number(link) > 6
        assert ("of which the first 6 are listed" in behind.text_content()) == short
        if short:
            cut.add(link.get("href"))
    assert done.cut == len(cut) > 1
    (said,) = page.xpath("//header/p[@class='next']")
    for sentence in (done.note, said.text_content()):
        assert "textmine search 'code:" in sentence
    assert len(page.xpath("//article[@class='clause']")) == 17


def test_a_cell_without_a_link_holds_no_digit(page):
    for cell in page.xpath("//table[@class='cross']/tbody//td[not(.//a)]"):
        small = "".join(cell.xpath(".//small//text()"))
        assert not re.search(r"\d", cell.text_content().replace(small, ""))


def test_every_link_leads_somewhere(page):
    anchors = by_id(page)
    for link in page.xpath("//*[@href]"):
        assert link.get("href").startswith("#")
        assert link.get("href")[1:] in anchors


def test_every_clause_leads_to_its_words_on_its_page(page):
    anchors = by_id(page)
    cards = page.xpath("//article[@class='clause']")
    assert len(cards) == 17
    for card in cards:
        (link,) = card.xpath(".//p[@class='head']//a")
        on_page = anchors[link.get("href")[1:]]
        words = card.xpath(".//p[@class='text']")[0].text_content()
        assert on_page.text_content().strip() == words
        assert on_page.get("href") == f"#{card.get('id')}"
        assert on_page.xpath("ancestor::article[@class='page']")


def test_tables_say_what_the_coder_decided(page):
    languages = cross(page, "by-language")
    assert languages["Persian"] == {
        "All clauses": 9,
        "Cultural": 4,
        "Economic": 5,
        "Religious": 0,
        "No code": 2,
    }
    assert languages["English"]["No code"] == 3
    assert languages["All clauses"]["All clauses"] == 17
    assert cross(page, "by-kind")["kind unknown"]["All clauses"] == 4
    assert cross(page, "by-year")["2016 (1395 SH)"]["All clauses"] == 7
    assert cross(page, "by-year")["1993 (1372 SH)"]["Economic"] == 4
    together = cross(page, "co-occurrence")
    assert together["Cultural"]["Economic"] == together["Economic"]["Cultural"] == 4


def test_bars_are_links_to_the_same_lists(page):
    anchors = by_id(page)
    bars = page.xpath("//*[local-name()='svg']//*[local-name()='a']")
    assert len(bars) == 3 + 3  # cultural, economic, no code; 1993, 2016, no year
    for bar in bars:
        shown = [t.text for t in bar.iter() if t.tag == "text" and t.get("class") == "e"]
        assert str(len(targets(anchors[bar.get("href")[1:]]))) in shown


def test_evidence_is_marked_where_it_stands(page):
    (card,) = [
        c for c in page.xpath("//article[@class='clause']") if "Trade is" in c.text_content()
    ]
    assert [(m.text, m.get("title")) for m in card.iter("mark")] == [
        ("Trade", "Economic · اقتصادی"),
        ("culture", "Cultural · فرهنگی"),
    ]


def test_documents_with_one_row_each_are_described_not_tested(page):
    notes = by_id(page)["by-document"].text_content()
    assert "nothing to exchange" in notes
    assert "χ²" not in notes


def test_a_test_names_its_naive_sister(tmp_path):
    with coded_corpus(tmp_path / "c") as corpus:
        for number in range(10, 18):
            kind = "law" if number % 2 else "treaty"
            one = document(number, [("en", "Trade."), ("en", "Culture.")], {"kind": kind})
            corpus.catalogue.put(one, Source(f"/x/{number}", one.sha256, "done", "", now()))
        code(corpus)
        done = write_report(corpus, tmp_path / "r.html")
    notes = by_id(html.parse(done.path).getroot())["by-kind"].text_content()
    assert "9,999 permutations" in notes
    assert "۹٬۹۹۹ جایگشت" in notes
    assert "Naive, for comparison only" in notes
    assert "آزمون خام" in notes


# -- two languages --------------------------------------------------------------------------------


@pytest.mark.parametrize("key", LABELS)
def test_both_languages_have_every_label(key):
    english, persian = LABELS[key]
    assert english
    assert not PERSIAN_LETTER.search(english)
    fields = [
        sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)
        for text in (english, persian)
    ]
    assert fields[0] == fields[1]
    assert PERSIAN_LETTER.search(persian) or not re.sub(r"\{.*?\}|p|χ²", "", persian).strip()


def test_the_page_pairs_every_label(page):
    body = page.find("body")
    english, persian = (body.xpath(f".//span[@class='{name}']") for name in "ef")
    assert len(english) == len(persian) > 100
    assert all(span.get("lang") == "en" for span in english)
    assert all(span.get("lang") == "fa" for span in persian)


@pytest.mark.parametrize("key", LABELS)
def test_no_label_lies_idle(key):
    kinds = {"state", "kind", "language", "year", "field", "clause", "untested", "method"}
    sources = (*REPORTS.glob("*.py"), *REPORTS.glob("templates/*.j2"))
    text = "".join(file.read_text(encoding="utf-8") for file in sources if file.stem != "texts")
    named = re.search(rf"""["']{re.escape(key)}["']""", text)
    assert named or re.split("[.-]", key)[0] in kinds


def test_text_of_documents_keeps_its_own_direction(page):
    for card in page.xpath("//article[@class='clause']"):
        (words,) = card.xpath(".//p[@class='text']")
        persian = bool(PERSIAN_LETTER.search(words.text_content()))
        assert (words.get("lang"), words.get("dir")) == (
            ("fa", "rtl") if persian else ("en", "ltr")
        )
    (mou,) = [c for c in page.xpath("//p[@class='text']") if c.text_content().startswith("MoU")]
    assert mou.get("dir") == "rtl"
    for block in page.xpath("//article[@class='page']/div"):
        persian = bool(PERSIAN_LETTER.search(block.text_content()))
        assert block.get("dir") == ("rtl" if persian else "ltr")


def test_both_calendars_and_both_digits(page):
    table = by_id(page)["documents"].text_content()
    assert "4 May 2016 (15 Ordibehesht 1395)" in table
    assert "۱۵ اردیبهشت ۱۳۹۵ (۴ مه ۲۰۱۶)" in table
    assert "30 November 2016 (10 Azar 1395)" in table  # worked out: only one date was given


def test_tables_have_scoped_heads_and_the_page_a_language(page):
    assert page.get("lang") in ("fa", "en")
    for head in page.iter("th"):
        assert head.get("scope") in ("col", "row")
    for region in page.xpath("//*[@aria-labelledby]"):
        assert region.get("aria-labelledby") in by_id(page)


# -- nothing gets out, nothing breaks in ----------------------------------------------------------


def test_the_file_asks_for_nothing(written, page):
    text = written[1]
    assert not re.search(r"https?:|[=\"'(]//|@import|url\((?!data:font/woff2)", text)
    for element in page.iter():
        if isinstance(element.tag, str):
            assert "src" not in element.attrib
            assert not any(name.startswith("on") for name in element.attrib)
            assert "style" not in element.attrib
    assert not list(page.iter("link", "img", "iframe", "object", "base", "form"))


def test_the_policy_lets_only_our_script_and_style_run(written, page):
    text = written[1]
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_hostile_text_is_shown_not_obeyed(written, page):
    text = written[1]
    assert "<script>alert" not in text
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
    (card,) = [c for c in page.xpath("//p[@class='text']") if "alert(1)" in c.text_content()]
    marks_shown = card.xpath(".//span[@class='ctl']")
    assert [(m.text, m.get("title")) for m in marks_shown] == [
        ("RLO", "U+202E"),
        ("PDF", "U+202C"),
    ]
    assert card.text_content() == HOSTILE.replace("\u202e", "RLO").replace("\u202c", "PDF")


def test_hostile_names_and_grounds_are_plain_in_attributes(tmp_path):
    one = replace(
        document(1, [("en", "x")]),
        attributes=(Attribute("title", '"><script>\u202e\x00', 0.3, '"><b>\u202e\x01'),),
    )
    with Corpus.create(tmp_path / "c \u202e<b>", codebook=BOOK) as corpus:
        corpus.catalogue.put(one, Source("/x/a\u2066.pdf", one.sha256, "done", "", now()))
        done = write_report(corpus, tmp_path / "r.html")
    text = done.path.read_text(encoding="utf-8")
    assert not marks.UNSEEN.search(text)
    assert text.count("<script>") == 1


def test_folders_of_the_machine_are_not_told(written):
    assert "secret-folder" not in written[1]


@given(st.text(max_size=40))
@example("\u202ea\u2066b\x00c\ud800d\x85")
def test_any_text_comes_through_as_it_is_or_as_visible_marks(text):
    made = str(marks.shown(text))
    assert not re.search(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", made
    )
    page = html.document_fromstring(f"<div>.{made}.</div>".encode(), parser=UTF8)
    named = page.xpath(".//span[@class='ctl']")
    for mark in named:
        mark.text = "?"
    plain = "".join("?" if marks.UNSEEN.match(sign) else sign for sign in text)
    assert page.text_content() == f".{plain}.".replace("\r\n", "\n").replace("\r", "\n")


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from("ab"))))
def test_marks_never_change_the_words(spans):
    text = "art & <trade"
    evidence = [(Span(start, end), name) for start, end, name in spans]
    made = marks.marked(text, evidence, {"a": Both("A", "آ"), "b": Both("B", "ب")})
    back = html.fragment_fromstring(str(made), create_parent="div")
    assert back.text_content() == text
    covered = {i for span, _ in evidence for i in range(*span)}
    assert sum(len(mark.text) for mark in back.iter("mark")) == len(covered)


# -- whose codings --------------------------------------------------------------------------------


def test_people_come_before_models_before_dictionaries(tmp_path):
    with coded_corpus(tmp_path / "c") as corpus:
        code(corpus, "model:m", 0.875)
        done = write_report(corpus, tmp_path / "r.html")
        assert done.coders == ("model:m",)
        assert "<i class=e>88%</i>" in done.path.read_text(encoding="utf-8")
        one = next(iter(corpus.catalogue.clauses())).clause.id
        coding = Coding(one, "religious", "person:rater-a", "test@1", True, now(), memo="why <so>")
        corpus.catalogue.add_codings(1, [coding])
        done = write_report(corpus, tmp_path / "r.html")
        # What the model said of that clause gives way to the person; elsewhere it stands.
        assert (done.coders, done.codings) == (("person:rater-a", "model:m"), 16 - 1 + 1)
        text = done.path.read_text(encoding="utf-8")
        assert "why &lt;so&gt;" in text
        page = html.document_fromstring(text)
        row, *_ = cross(page, "by-document").values()
        assert (row["Religious"], row["Cultural"], row["Economic"], row["No code"]) == (1, 1, 2, 1)
        methods = by_id(page)["methods"].text_content()
        assert "person:rater-a (1), model:m (5)" in methods
        assert "--coder" not in methods
        named = write_report(corpus, tmp_path / "r.html", coder="dictionary:test@1")
        assert (named.coders, named.codings) == (("dictionary:test@1",), 16)


def test_the_last_decision_of_a_person_counts(tmp_path):
    with uncoded_corpus(tmp_path / "c") as corpus:
        one = next(iter(corpus.catalogue.clauses())).clause.id
        yes = Coding(one, "cultural", "person:a", "test@1", True, now())
        decisions = [yes, replace(yes, code="economic"), replace(yes, applied=False)]
        corpus.catalogue.add_codings(1, decisions)
        assert write_report(corpus, tmp_path / "r.html").codings == 1


def test_codings_by_an_older_codebook_count_only_while_there_are_no_others_and_are_named(tmp_path):
    with coded_corpus(tmp_path / "c") as corpus:
        upgrade(corpus)
        done = write_report(corpus, tmp_path / "r.html")
        assert done.codings == 16
        text = html.parse(done.path).getroot().text_content()
        assert "All codings follow the codebook test@1; the corpus has test@2 now." in text
        assert "کدنامهٔ کنونی پیکره test@2 است" in text
        machine_reads(corpus, 1, {"cultural": [0]})
        done = write_report(corpus, tmp_path / "r.html")
        assert (done.coders, done.codings) == (("dictionary:test@2",), 1)
        assert "All codings follow" not in done.path.read_text(encoding="utf-8")


def test_an_unknown_coder_is_refused_with_those_who_are_known(tmp_path):
    with coded_corpus(tmp_path / "c") as corpus:
        with pytest.raises(UsageError, match=r'"person:x".*dictionary:test@1'):
            write_report(corpus, tmp_path / "r.html", coder="person:x")
        assert not (tmp_path / "r.html").exists()


# -- corpora with little in them ------------------------------------------------------------------


def test_an_empty_corpus_has_a_report_that_says_what_to_do(tmp_path):
    with Corpus.create(tmp_path / "c", codebook=BOOK) as corpus:
        done = write_report(corpus, tmp_path / "r.html")
    text = done.path.read_text(encoding="utf-8")
    assert (done.coders, done.documents, done.lists) == ((), 0, 0)
    assert "textmine add" in text
    assert "پیکره خالی است" in text


def test_a_corpus_without_codings_shows_its_clauses(tmp_path):
    with uncoded_corpus(tmp_path / "c") as corpus:
        done = write_report(corpus, tmp_path / "r.html")
    page = html.parse(done.path).getroot()
    assert "textmine code" in page.text_content()
    assert len(page.xpath("//article[@class='clause']")) == 17
    for link in page.xpath("//table//a[@class='n']"):
        assert len(targets(by_id(page)[link.get("href")[1:]])) == shown_number(link)


def test_a_clause_over_two_pages_is_one_target_in_two_pieces(tmp_path):
    one = document(1, [("en", "x")], {"kind": "law"})
    first, second = Page(1, "Head\nTrade", ()), Page(2, "is free.\nEnd", ())
    clause = replace(one.clauses[0][0], text="Trade\nis free.", spans=(Span(5, 10), Span(11, 19)))
    one = replace(one, pages=(first, second), clauses=((clause, one.clauses[0][1]),))
    with Corpus.create(tmp_path / "c", codebook=BOOK) as corpus:
        corpus.catalogue.put(one, Source("/x/a.pdf", one.sha256, "done", "", now()))
        done = write_report(corpus, tmp_path / "r.html")
    text = done.path.read_text(encoding="utf-8")
    pieces = html.document_fromstring(text).xpath("//article[@class='page']//a")
    assert [(piece.text, piece.get("id")) for piece in pieces] == [
        ("Trade", "m1"),
        ("is free.", None),
    ]
    assert ":root:has(#m1:target) .m1" in text


def test_many_years_are_also_counted_by_decade(tmp_path):
    with Corpus.create(tmp_path / "c", codebook=BOOK) as corpus:
        for number in range(1, 15):
            one = document(number, [("en", "Trade.")], {"year_gregorian": str(1990 + number)})
            corpus.catalogue.put(one, Source(f"/x/{number}", one.sha256, "done", "", now()))
        corpus.catalogue.put_codebook("test@1", "d", BOOK.read_text(encoding="utf-8"))
        code(corpus)
        done = write_report(corpus, tmp_path / "r.html")
    decades = cross(html.parse(done.path).getroot(), "by-decade")
    assert (decades["1990s"]["Economic"], decades["2000s"]["Economic"]) == (9, 5)


# -- methods --------------------------------------------------------------------------------------


def test_methods_name_everything_that_made_the_numbers(page):
    methods = by_id(page)["methods"].text_content()
    for name in ("reader 1", "rules 2", "folds 3", "test@1", "dictionary:test@1", "Python 3."):
        assert name in methods
    for package in ("textmine ", "hazm ", "spacy ", "scikit-learn ", "pdfplumber "):
        assert re.search(package + r"\d", methods)
    assert "textmine report --coder dictionary:test@1" in methods


def test_a_models_card_is_quoted(tmp_path):
    with uncoded_corpus(tmp_path / "c") as corpus:
        code(corpus, "model:m", 0.9)
        text = write_report(corpus, tmp_path / "r.html").path.read_text(encoding="utf-8")
        assert "holds no card" in text
        card = corpus.models / "m" / "README.md"
        card.parent.mkdir(parents=True)
        card.write_text(CARD, encoding="utf-8")
        text = write_report(corpus, tmp_path / "r.html").path.read_text(encoding="utf-8")
    page = html.document_fromstring(text)
    (quoted,) = page.xpath("//div[@class='card']")
    (measured,) = quoted.xpath("./table")
    assert [cell.text for cell in measured.iter("td")] == ["model:m", "0.81"]
    assert [h.text for h in quoted.iter("h4", "h5")] == ["Model card: m", "Measured", "Limits"]
    assert not list(quoted.iter("a", "img", "script"))
    assert not quoted.xpath(".//*[@style]")
    assert "<script>x" not in text


# -- writing --------------------------------------------------------------------------------------


def test_a_place_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with coded_corpus(tmp_path / "c") as corpus, pytest.raises(InputError, match="cannot be"):
        write_report(corpus, tmp_path / "file" / "r.html")
    (tmp_path / "r.html").mkdir()
    with Corpus.open(tmp_path / "c") as corpus, pytest.raises(InputError, match="cannot be"):
        write_report(corpus, tmp_path / "r.html")
    with pytest.raises(ZeroDivisionError):  # whatever else goes wrong on the way
        write_page(tmp_path / "s.html", (str(1 // n) for n in (1, 0)))
    assert not (tmp_path / "s.html").exists()
    assert not list(tmp_path.glob(".*"))


# -- small things ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "english"),
    [
        ({"date": "1993-05-12"}, "12 May 1993 (22 Ordibehesht 1372)"),
        ({"date_persian": "۱۳۷۲/۲/۲۲"}, "12 May 1993 (22 Ordibehesht 1372)"),
        ({"year_gregorian": "1993", "year_persian": "1372"}, "1993 (1372 SH)"),
        ({"year_persian": "1372"}, "1372 SH"),
        ({"year_gregorian": "1993"}, "1993"),
        ({"date": "1993-05"}, "1993-05"),
        ({"date": "1993-02-31"}, "1993-02-31"),
        ({"date_persian": "1372/13/01"}, "1372/13/01"),
    ],
)
def test_dates_are_told_in_both_calendars_as_far_as_they_are_known(tmp_path, attributes, english):
    known = tuple(Attribute(name, value, 1.0, "") for name, value in attributes.items())
    with Corpus.create(tmp_path / "c", codebook=BOOK) as corpus:
        one = replace(document(1, [("en", "x")]), attributes=known)
        corpus.catalogue.put(one, Source("/x/a.pdf", one.sha256, "done", "", now()))
        (stored,) = corpus.catalogue.documents()
    told = marks.date_of(stored)
    assert told is not None
    assert told.en == english
    assert not re.search("[0-9]", told.fa)


def test_the_first_day_of_a_persian_year():
    assert marks.day(date(2024, 3, 20)).fa == "۱ فروردین ۱۴۰۳ (۲۰ مارس ۲۰۲۴)"


def test_the_sample_texts_hold_what_the_tests_count():
    assert sum(len(clauses) for _, clauses in TEXTS) == 17


def test_items_of_a_persian_list_have_the_letters_that_the_document_prints(corpus, tmp_path):
    with Corpus.open(corpus) as opened:
        made = write_report(opened, tmp_path / "report.html").path.read_text(encoding="utf-8")
    assert "۱.تبصره ۱.ج" in made
    assert "۱.تبصره ۱.c" not in made
    assert "1.note 1.c" in made
