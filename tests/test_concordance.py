"""Concordance: every place in its context, in the order of its language, and where it came from."""

from __future__ import annotations

import csv
import json
import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_corpus import HOSTILE, coded_corpus, document
from typer.testing import CliRunner

from textmine.cli.app import app
from textmine.errors import UsageError
from textmine.records import Span
from textmine.search import Index, QueryError
from textmine.search import concordance as module
from textmine.search.concordance import (
    Place,
    all_places,
    collation,
    columns,
    concordance,
    lines,
)
from textmine.search.found import Hit
from textmine.store.catalogue import Source, now
from textmine.text.language import language_of
from textmine.text.letters import HALF_SPACE

FROM_RIGHT, FROM_LEFT, FIRST_STRONG, END, RIGHT = "\u2067", "\u2066", "\u2068", "\u2069", "\u200f"


def hit(text: str, word: str, at: int = 1, spans: tuple[Span, ...] = ()) -> Hit:
    found = tuple(Span(*match.span()) for match in re.finditer(re.escape(word), text))
    return Hit(
        clause=f"c.{at}",
        document=at,
        title=f"Title {at}",
        page=1,
        text=text,
        score=0.0,
        highlights=found,
        kind="sentence",
        number=None,
        heading=None,
        language=language_of(text),
        spans=spans or (Span(0, len(text)),),
        snippet=Span(0, len(text)),
    )


class Hits:
    """An index that has been asked already."""

    def __init__(self, hits: list[Hit], starts: dict[int, int] | None = None) -> None:
        self.hits, self.starts = hits, starts or {1: 0}
        self.sort = ""

    def every(self, query: str, *, sort: str = "document") -> Iterator[Hit]:
        self.sort = sort
        yield from self.hits

    def counted(self, query: str) -> int:
        return len(self.hits)

    def page_starts(self, document: int) -> dict[int, int]:
        return self.starts


def place(text: str, match: str, number: int = 1) -> Place:
    start = text.index(match)
    span = Span(start, start + len(match))
    return Place(text, *span, "c.1", number, "Title", 1, language_of(text), span)


def sorted_texts(texts: list[str], word: str, sort: str) -> list[str]:
    hits = Hits([hit(text, word, at) for at, text in enumerate(texts, 1)])
    return [each.text for each in concordance(hits, hits, "x", sort=sort).places]


# -- what is shown of a place ----------------------------------------------------------------------

CLAUSE = (
    "They shall not intervene in each other's internal affairs and shall not make any activity."
)

BEFORE, AFTER = CLAUSE.split("internal affairs")
CUT = [
    # the README's line: no word is cut before, and one is finished after
    (CLAUSE, "internal affairs", 30, "not intervene in each other's ", AFTER),
    (CLAUSE, "internal affairs", 26, "intervene in each other's ", " and shall not make any"),
    (CLAUSE, "internal affairs", 200, BEFORE, AFTER),
    ("on either side", "either", 10, "on ", " side"),
    # a mark and a half-space take no column, and stay with their letters
    (f"آن می{HALF_SPACE}شود شهر", "شهر", 9, f"آن می{HALF_SPACE}شود ", ""),
    (f"آن می{HALF_SPACE}شود شهر", "شهر", 8, f"می{HALF_SPACE}شود ", ""),
    ("شهرِ مُدیر و", "شهر", 10, "", "ِ مُدیر و"),
    # only words longer than half the width are cut
    ("x" * 30 + " city " + "y" * 30, "city", 10, "x" * 9 + " ", " " + "y" * 9),
    ("a line\nbreak here", "break", 10, "a line ", " here"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "match", "width", "before", "after"), CUT)
def test_the_context_is_cut_between_words(text, match, width, before, after):
    shown = place(text, match).context(width)
    assert shown == (before, match, after)


@given(st.text("اب شه\u200cر city\n\u064e文", max_size=60), st.integers(10, 40), st.data())
def test_what_is_cut_fits_and_is_the_text_beside_the_match(text, width, data):
    text = f"{text}#{data.draw(st.text('ab شهر', max_size=60))}"
    shown = place(text, "#").context(width)
    whole = place(text, "#").context()
    assert "".join(whole) == re.sub(r"\s", " ", text)
    assert columns(shown.before) <= width
    assert columns(shown.after) <= width + width // 2
    assert whole.before.endswith(shown.before)
    assert whole.after.startswith(shown.after)


def test_json_keeps_what_it_had_and_loses_nothing():
    value = place(CLAUSE, "internal affairs").to_json(30)
    assert list(value)[:6] == ["left", "match", "right", "clause", "document", "page"]
    assert value["left"] == "not intervene in each other's "
    start, end = value["highlight"]
    assert value["text"] == CLAUSE
    assert CLAUSE[start:end] == value["match"]
    assert {"title", "language", "start", "end"} <= value.keys()


# -- where it came from ----------------------------------------------------------------------------


@given(st.lists(st.text("ab c", min_size=1, max_size=9), min_size=1, max_size=4), st.data())
def test_the_span_is_the_match_in_the_document_text(pieces, data):
    gaps = [data.draw(st.text("-\f", min_size=1, max_size=3)) for _ in pieces]
    whole, spans = "", []
    for gap, piece in zip(gaps, pieces, strict=True):
        whole += gap
        spans.append(Span(len(whole), len(whole) + len(piece)))
        whole += piece
    text = "\n".join(pieces)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if "\n" in text[start:end]:
        return
    found = Hit(**{  # any stretch of one piece
        **{name: getattr(hit(text, "?"), name) for name in Hit.__slots__},
        "highlights": (Span(start, end),), "spans": tuple(spans),
    })  # fmt: skip
    hits = Hits([found])
    (one,) = all_places(hits, hits, "x")
    assert whole[slice(*one.span)] == text[start:end]


def test_the_page_is_that_of_the_match():
    text = "The first city\nand the second city"
    spans = Span(100, 114), Span(120, 139)
    hits = Hits([hit(text, "city", spans=spans)], {4: 0, 5: 118, 6: 300})
    assert [(each.page, *each.span) for each in all_places(hits, hits, "city")] == [
        (4, 110, 114),
        (5, 135, 139),
    ]


def test_highlights_side_by_side_are_one_place():
    text = "همکاری  فرهنگی، همکاری"
    found = hit(text, "همکاری")
    marks = tuple(sorted((*found.highlights, Span(8, 14))))
    hits = Hits([Hit(**{**{n: getattr(found, n) for n in Hit.__slots__}, "highlights": marks})])
    assert [each.context().match for each in all_places(hits, hits, "x")] == [
        "همکاری  فرهنگی",
        "همکاری",
    ]


@pytest.mark.parametrize("query", ["language:fa", "-city", "year:1993 kind:treaty"])
def test_a_query_without_words_has_no_places(query):
    hits = Hits([])
    with pytest.raises(QueryError, match="has none"):
        concordance(hits, hits, query)


# -- the order -------------------------------------------------------------------------------------

ALPHABET = "آب ابر بار پا تا ثبت جا چاه حال خاک دار ذات را زر ژاله سر شب صد ضرب طبل ظهر عصر غم فن قد کار گل لب مرد نان وام هنر یاد"  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("sort", ["before", "after"])
def test_persian_stands_in_the_order_of_its_alphabet(sort):
    words = ALPHABET.split()
    texts = [f"{word} #" if sort == "before" else f"# {word}" for word in words]
    assert sorted_texts([*texts[1::2], *texts[::-2]], "#", sort) == texts


SAME_ORDER = [
    ("كتاب يك", "کتاب یک"),  # Arabic keyboard
    (f"کتاب{HALF_SPACE}خانه", "کتابخانه"),
    ("«کتابِ» یک", "کتاب یک"),
    ("Café, CITY", "cafe city"),
    ("۱۲ شهر", "12 شهر"),
]


@pytest.mark.parametrize(("one", "other"), SAME_ORDER)
def test_spellings_stand_together(one, other):
    assert collation(one) == collation(other)


def test_words_are_compared_one_by_one_and_numbers_as_numbers():
    texts = ["شهر ۹", "شهر ۱۰", "شهر بزرگ", "شهر کوچک", "شهربان"]
    assert sorted([*texts[1::2], *texts[::-2]], key=collation) == texts


def test_before_compares_the_nearest_word_first():
    texts = ["ی آب #", "الف گل #", "الف یک #", "ب یک #"]
    assert sorted_texts(texts[::-1], "#", "before") == texts


def test_each_language_stands_by_itself_and_equals_in_the_order_of_the_documents():
    texts = ["# شهر", "# city", "a # city", "# آب"]
    assert sorted_texts(texts, "#", "after") == ["# city", "a # city", "# آب", "# شهر"]


def test_by_date_is_asked_of_the_index():
    hits = Hits([hit("a city", "city", 2), hit("b city", "city", 1)])
    assert [each.document for each in all_places(hits, hits, "city", sort="date")] == [2, 1]
    assert hits.sort == "date"


@pytest.mark.parametrize("sort", ["document", "before", "after", "match", "date"])
@pytest.mark.parametrize("run", [3, 10_000])
def test_the_first_places_are_the_first_of_all_and_all_are_counted(monkeypatch, sort, run):
    monkeypatch.setattr(module, "_RUN", run)  # 3: sorted on the disk
    words = ["آب", "گل", "#", "یک", "two", "#", "Ten"]
    texts = [" ".join(words[at * step % 7] for step in range(at % 6)) for at in range(40)]
    hits = Hits([hit(text, "#", at) for at, text in enumerate(texts, 1)])
    everything = list(all_places(hits, hits, "x", sort=sort))
    some = concordance(hits, hits, "x", sort=sort, limit=7)
    assert list(some.places) == everything[:7]
    stretches = sum(len(re.findall("#(?: #)*", text)) for text in texts)
    assert some.total == len(everything) == stretches
    assert some.clauses == sum("#" in text for text in texts)
    assert some == concordance(hits, hits, "x", sort=sort, limit=7)


def test_a_torn_word_is_one_place():
    text = "یپلماسی شهری د"
    first, second = Span(0, 7), Span(13, 14)
    torn = replace(hit(text, "-"), highlights=(first, second), torn=((second, first),))
    hits = Hits([torn])
    found = concordance(hits, hits, "دیپلماسی")
    assert (found.total, found.clauses) == (1, 1)
    assert text[slice(found.places[0].start, found.places[0].end)] == "یپلماسی"


@pytest.mark.parametrize("sort", ["document", "date"])
def test_of_many_clauses_only_the_first_are_read(sort):
    read = []

    class Reading(Hits):
        def every(self, query: str, *, sort: str = "document") -> Iterator[Hit]:
            for each in self.hits:
                read.append(each.document)
                yield each

    hits = Reading([hit("# and #", "#", at) for at in range(1, 101)])
    some = concordance(hits, hits, "x", sort=sort, limit=5, counted=99)
    assert (some.total, some.clauses, some.matching, read) == (None, 3, 100, [1, 2, 3])
    assert some.places == concordance(hits, hits, "x", sort=sort, limit=5).places
    # Few enough to count; and to be sorted by words all must be read in any case.
    assert concordance(hits, hits, "x", sort=sort, limit=5, counted=100).total == 200
    assert concordance(hits, hits, "x", sort="after", limit=5, counted=99).total == 200
    # When there are no more than asked for, all were read.
    assert concordance(hits, hits, "x", sort=sort, limit=500, counted=99).total == 200


def test_the_first_of_many_places_take_little_memory():
    class Endless(Hits):
        def every(self, query: str, *, sort: str = "document") -> Iterator[Hit]:
            for at in range(1000):
                yield hit(f"{at} # " + "x" * 5000, "#", at)

    hits = Endless([])
    peaks = []
    for _ in range(2):  # a cache that other tests have filled may just grow, once
        tracemalloc.start()
        found = concordance(hits, hits, "x", sort="before", limit=10)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert found.total == 1000
    assert [each.document for each in found.places] == list(range(10))
    assert min(peaks) < 1_500_000  # the clauses are 5 million characters


# -- the lines of a terminal -----------------------------------------------------------------------


def bare(line: str) -> str:
    return re.sub(f"[{FROM_RIGHT}{FROM_LEFT}{FIRST_STRONG}{END}{RIGHT}]", "", line)


PERSIAN = [
    place("طرفین در امور داخلی یکدیگر دخالت نمی‌کنند", "امور داخلی", 1),
    place("شهر", "شهر", 12),
    place(f"این شهر می{HALF_SPACE}خواهد مُدیر شود و UNESCO را می‌شناسد", "شهر", 345),
    place("در سال ۱۳۷۲ این شهر", "شهر", 3),
]


def test_persian_runs_from_the_right_edge():
    shown = lines(PERSIAN, 20)
    assert len({columns(line) for line in shown}) == 1
    for line, own in zip(shown, PERSIAN, strict=True):
        label, rest = line[:10], line[10:]
        assert label == f"{own.document}:{own.page}".rjust(8) + "  "
        # One isolate from the right, filled between letters without width: blanks at its edges
        # would fall to the left-to-right line around it.
        assert rest.startswith(FROM_RIGHT + RIGHT)
        assert rest.endswith(RIGHT + END)
        before, _, after = bare(rest).partition("[")
        # What is read first stands at the right: the match begins in one column from there.
        assert columns(before) == 20
        assert before.strip() == own.context(20).before.strip()
        assert after.partition("]")[2].strip() == own.context(20).after.strip()


def test_english_runs_from_the_left_and_matches_stand_below_each_other():
    shown = lines([place("in the city of Kashan", "city"), place("City life", "City")], 12)
    assert shown == ["     1:1       in the [city] of Kashan", "     1:1              [City] life"]


def test_both_languages_stand_in_one_listing():
    shown = lines([*PERSIAN, place("in the city", "city")], 20)
    assert {columns(line.partition("[")[0]) for line in shown} == {30}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fa", "متن\u202e شهر \u2069\u2069\x1b[31m\x07\nدیگر\r\u202c\x00"),
        ("en", "evil\u202e city \u2067\u2067\x1b]0;x\x07\nmore\u2028lines\x9b"),
        ("en", "شهر city شهر"),
    ],
)
def test_hostile_texts_keep_to_their_line(language, text):
    match = "شهر" if language == "fa" else "city"
    start = text.index(match)
    own = Place(text, start, start + len(match), "c", 1, "T", 1, language, Span(0, 1))
    (line,) = lines([own], 40)
    assert len(line.splitlines()) == 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e]", line)
    depth = 0
    for character in line:
        depth += (character in (FROM_LEFT, FROM_RIGHT, FIRST_STRONG)) - (character == END)
        assert depth >= 0
    assert depth == 0


# -- the command -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contexts") / "c"
    with coded_corpus(folder) as opened:
        more = [("fa", "فرهنگ و هنر دو شهر"), ("en", "=culture! <b>bold</b> culture, 2 of it")]
        derived = document(21, more, {"title": "پیمان / Pact", "date": "1990-01-01"})
        opened.catalogue.put(derived, Source("/x/21.pdf", derived.sha256, "done", "", now()))
    return folder


def run(corpus, *arguments):
    result = CliRunner().invoke(app, ["--corpus", str(corpus), "concordance", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_places_come_from_the_index(corpus):
    found = run(corpus, "culture OR فرهنگ", "--json")
    places = [json.loads(line) for line in found.stdout.splitlines()]
    assert len(places) > 5
    assert {each["match"].casefold() for each in places} == {"culture", "فرهنگ"}
    assert [each["document"] for each in places] == sorted(each["document"] for each in places)
    from textmine.store.corpus import Corpus

    with Corpus.open(corpus) as opened:
        index = Index.of(opened)
        hits = {each.clause: each for each in index.every("culture OR فرهنگ")}
    for each in places:
        text = hits[each["clause"]].text
        assert text[slice(*each["highlight"])] == each["match"]
    dated = run(corpus, "فرهنگ", "--sort", "date", "--json").stdout.splitlines()
    assert json.loads(dated[0])["title"] == "پیمان / Pact"


def test_all_are_counted_where_few_are_shown(corpus):
    total = len(run(corpus, "culture OR فرهنگ").stdout.splitlines())
    cut = run(corpus, "culture OR فرهنگ", "--limit", "2")
    assert len(cut.stdout.splitlines()) == 2
    assert f"The first 2 places; there are {total} in" in cut.stderr
    one = run(corpus, "crosswordless")
    assert one.stdout == ""
    assert one.stderr.startswith("0 places\ncrosswordless is nowhere in the corpus")


def test_where_places_are_not_counted_the_clauses_are(corpus, monkeypatch):
    monkeypatch.setattr("textmine.cli.contexts._COUNTED", 3)
    cut = run(corpus, "culture OR فرهنگ", "--limit", "2")
    clauses = len({json.loads(line)["clause"] for line in cut_json(corpus)})
    assert len(cut.stdout.splitlines()) == 2
    assert "The first 2 places, of the first 2 clauses; there are " in cut.stderr
    assert f"there are {clauses} clauses, and --limit N shows more." in cut.stderr


def cut_json(corpus):
    return run(corpus, "culture OR فرهنگ", "--limit", "1000", "--json").stdout.splitlines()


def test_a_page_to_read_has_each_language_in_its_direction(corpus, tmp_path):
    to = tmp_path / "kwic.html"
    said = run(corpus, "culture OR فرهنگ OR evil", "--sort", "after", "--to", str(to)).stderr
    page = to.read_text(encoding="utf-8")
    places = page.count("<tr lang=")
    assert f"Wrote {places} places to" in said
    assert page.index("<table lang=en dir=ltr>") < page.index("<table lang=fa dir=rtl>")
    assert '<th scope="col" class="before">before</th>' in page
    assert '<th scope="col" class="before">پیش از آن</th>' in page
    row = re.search(r'<tr lang=fa dir=rtl title="فرهنگ و هنر دو شهر">(.*?)</tr>', page)[1]
    cells = re.findall(r'<td class="(\w+)">(.*?)</td>', row)
    assert [name for name, _ in cells] == ["no", "before", "match", "after", "source"]
    assert [text for _, text in cells[1:4]] == ["", "فرهنگ", " و هنر دو شهر"]
    assert "<b>bold" not in page
    assert "<script" not in page.replace("script-src", "")
    assert "\u202e" in HOSTILE
    assert "\u202e" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_long_page_says_what_it_leaves_out(corpus, tmp_path):
    to = tmp_path / "kwic.html"
    said = run(corpus, "culture OR فرهنگ", "--limit", "3", "--to", str(to)).stderr
    assert re.search(r"Wrote 3 places of \d+; --limit N writes more to", said)
    page = to.read_text(encoding="utf-8")
    assert "the first 3 are shown" in page
    assert "۳ جای نخست آمده است" in page


def test_tables_hold_whole_clauses(corpus, tmp_path):
    to = tmp_path / "kwic.csv"
    run(corpus, "culture", "--to", str(to))
    with to.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    heads = "before match after clause document title page start end language"
    assert list(rows[0]) == heads.split()
    last = [row for row in rows if row["title"] == "پیمان / Pact"]
    assert [row["after"] for row in last] == ["! <b>bold</b> culture, 2 of it", ", 2 of it"]
    assert last[0]["before"] == "'="  # nothing that a spreadsheet program would run
    lines_to = tmp_path / "kwic.jsonl"
    run(corpus, "culture", "--limit", "2", "--to", str(lines_to))
    assert len(lines_to.read_text(encoding="utf-8").splitlines()) == 2


def test_a_file_must_say_what_it_is(corpus, tmp_path):
    with pytest.raises(UsageError, match=r"must end in \.html"):
        run(corpus, "culture", "--to", str(tmp_path / "kwic.doc"))


def test_help_teaches_by_example(corpus):
    shown = run(corpus, "--help").stdout
    assert "textmine concordance 'امور داخلی'" in shown
    assert "textmine concordance 'cultur*' --sort after" in shown
