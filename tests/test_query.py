"""The query language: what can be written is read, and what is wrong is told at its character."""

from __future__ import annotations

import pickle
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmine.search.query import (
    FIELDS,
    MAX_CHARACTERS,
    MAX_ITEMS,
    MAX_WORDS,
    Every,
    FieldIs,
    Near,
    Node,
    Not,
    QueryError,
    Text,
    canonical,
    numbers,
    parse,
    pointed,
    unknown_value,
    years,
)
from textmine.search.query.lexing import MAX_DISTANCE, MAX_STARS
from textmine.text.letters import HALF_SPACE


def drawn(node: Node) -> str:
    """A tree on one line: [plain words], "phrases", /patterns/, name=value, and, or, not, near."""
    if isinstance(node, Text):
        marks = ('"', '"') if node.quoted else ("[", "]")
        text = node.text.replace(HALF_SPACE, "_")
        return f"/{text}/" if node.pattern and not node.quoted else marks[0] + text + marks[1]
    if isinstance(node, FieldIs):
        return f"{node.name}={node.value}"
    if isinstance(node, Not):
        return f"not {drawn(node.item)}"
    inside = " ".join(map(drawn, node.items))
    if isinstance(node, Near):
        return f"near{node.distance}({inside})"
    return f"and({inside})" if isinstance(node, Every) else f"or({inside})"


def placeless(node: Node) -> Node:
    """A tree without the places in the query, to be compared."""
    if isinstance(node, Text | FieldIs):
        return replace(node, at=0)
    if isinstance(node, Near):
        items = tuple(replace(item, at=0) for item in node.items)
        return replace(node, items=items, at=0)
    if isinstance(node, Not):
        return Not(placeless(node.item))
    return replace(node, items=tuple(map(placeless, node.items)))


READ = [
    # words and phrases
    ("همکاری فرهنگی", "[همکاری فرهنگی]"),
    ("two  \t cities", "[two cities]"),
    ('"two cities"', '"two cities"'),
    ("“two cities” „a“ ‟b”", 'and("two cities" "a" "b")'),
    ("«همکاری فرهنگی» ‹شهر›", 'and("همکاری فرهنگی" "شهر")'),
    ("‘two cities’ 'one city'", 'and("two cities" "one city")'),
    ("»شهر تهران« دیگر", 'and("شهر تهران" [دیگر])'),
    ("the parties' rights", "[the parties' rights]"),
    ("the 'parties", "[the 'parties]"),
    ("شهر» تهران", "[شهر تهران]"),
    ('a"b c"d', 'and([a] "b c" [d])'),
    # what is left out, and choice
    ("two -originals", "and([two] not [originals])"),
    ("two \u2212originals", "and([two] not [originals])"),
    ("two NOT originals", "and([two] not [originals])"),
    ("two AND NOT originals", "and([two] not [originals])"),
    ("NOT NOT two", "[two]"),
    ("- -two", "and([-] not [two])"),
    ("two - originals", "[two - originals]"),
    ("علمی-پژوهشی", "[علمی-پژوهشی]"),
    ("-می شود شهر", "and(not [می شود] [شهر])"),
    ("a OR b c | d", "or([a] [b c] [d])"),
    ("a|b || c", "or([a] [b] [c])"),
    ("(a OR b) c", "and(or([a] [b]) [c])"),
    ("a AND b", "and([a] [b])"),
    ("rights and duties or both, not one", "[rights and duties or both, not one]"),
    ('"OR" "AND" "و"', 'and("OR" "AND" "و")'),
    # the operators of Persian
    ("همکاری و توسعه", "and([همکاری] [توسعه])"),
    ("همکاری یا توسعه", "or([همکاری] [توسعه])"),
    ("همکاري يا توسعه", "or([همکاري] [توسعه])"),
    ("همکاری منهای توسعه", "and([همکاری] not [توسعه])"),
    ("منهای توسعه", "not [توسعه]"),
    ("شهر و یا روستا", "or([شهر] [روستا])"),
    ("شهر یا و روستا", "or([شهر] [روستا])"),
    ("شهر و منهای روستا", "and([شهر] not [روستا])"),
    ("شهر و -روستا", "and([شهر] not [روستا])"),
    ("شهر OR و روستا", "or([شهر] [روستا])"),
    ("«شهر و روستا» و ده", 'and("شهر و روستا" [ده])'),
    ("می شود و شهر ها", "and([می شود] [شهر ها])"),
    ("والا ویا یاد", "[والا ویا یاد]"),
    ("تفاهم‌نامه‌ها و شهر", "and([تفاهم_نامه_ها] [شهر])"),
    # where they join nothing
    ("حقوق و", "[حقوق]"),
    ("و همکاری", "[همکاری]"),
    ("حقوق یا", "[حقوق]"),
    ("یا حقوق", "[حقوق]"),
    ("حقوق منهای", "[حقوق]"),
    ("حقوق و یا", "[حقوق]"),
    ("(و حقوق یا) شهر", "and([حقوق] [شهر])"),
    ("- و", "[-]"),
    # words whose halves و joins
    ("گفت و گو", "[گفت_و_گو]"),
    ("گفت و گوهای فرهنگی و هنری", "and([گفت_و_گوهای فرهنگی] [هنری])"),
    ("حمل و نقل", "[حمل_و_نقل]"),
    ("كسب و كارها", "[كسب_و_كارها]"),
    ("حمل و نقلیه", "and([حمل] [نقلیه])"),
    ("گفت AND گو", "and([گفت] [گو])"),
    ("«گفت و گو»", '"گفت و گو"'),
    # asterisks
    ("cultur*", "/cultur*/"),
    ("*city c*y c**y *نامه*", "and(/*city/ /c*y/ /c*y/ /*نامه*/)"),
    ("فرهنگ٭", "/فرهنگ*/"),
    ("تفاهم‌نام*", "/تفاهم_نام*/"),
    ('"cultural exchang*"', '"cultural exchang*"'),
    ("۱۳* شهر", "and(/۱۳*/ [شهر])"),
    ("non-interf*", "/non-interf*/"),
    ("https://example.org/a/*", "/https://example.org/a/*/"),
    # nearness
    ('"city council"~5', "near5([city] [council])"),
    ("«شهر همکاری»~۵", "near5([شهر] [همکاری])"),
    ('"city council" ~ 5 x', "and(near5([city] [council]) [x])"),
    ('"می شود شهر"~5', "near5([می شود] [شهر])"),
    ('"cit* , council"~5', "near5(/cit*/ [council])"),
    ('"a OR b"~5', "near5([a] [OR] [b])"),
    ("city NEAR/5 council", "near5([city] [council])"),
    ("city near/5 council", "near5([city] [council])"),
    ("city NEAR council", "near10([city] [council])"),
    ("شهر نزدیک/۵ همکاری", "near5([شهر] [همکاری])"),
    ("شهر نزديك/٥ همکاری", "near5([شهر] [همکاری])"),
    ("a b NEAR/3 c NEAR/3 d e", "and([a] near3([b] [c] [d]) [e])"),
    ('"sister city" NEAR/4 cultur*', 'near4("sister city" /cultur*/)'),
    ("می شود NEAR/3 شهر ها همکاری", "and(near3([می شود] [شهر ها]) [همکاری])"),
    ("-a NEAR/5 b", "not near5([a] [b])"),
    ("همکاری نزدیک دو شهر", "[همکاری نزدیک دو شهر]"),
    ("near/far a near b", "[near/far a near b]"),
    # fields
    ("code:cultural", "code=cultural"),
    ("-code:cultural two", "and(not code=cultural [two])"),
    ("کد:«عدم مداخله»", "code=عدم مداخله"),
    ("كد:'عدم مداخله'", "code=عدم مداخله"),
    ("LANGUAGE:EN", "language=EN"),
    ("year:1993..2005", "year=1993..2005"),
    ("سال:۱۳۷۲..۱۳۸۴ شهر", "and(year=۱۳۷۲..۱۳۸۴ [شهر])"),
    ("\u200fcode\u200e:cultural\u200f", "code=cultural"),
    ("code:cultural,economic", "or(code=cultural code=economic)"),
    ("کد:فرهنگی،اقتصادی", "or(code=فرهنگی code=اقتصادی)"),
    ("code:cultural|economic", "or(code=cultural code=economic)"),
    ("code:cultural|language:fa", "or(code=cultural language=fa)"),
    ("code:cultural | economic", "or(code=cultural [economic])"),
    ('code:"a, b",c', "or(code=a, b code=c)"),
    ("code:(cultural|economic)", "or(code=cultural code=economic)"),
    ("code:(cultural, economic,)", "or(code=cultural code=economic)"),
    ("کد:(مدیریت شهری یا «عدم مداخله»)", "or(code=مدیریت شهری code=عدم مداخله)"),
    ("code:(cultural -economic)", "and(code=cultural not code=economic)"),
    ("-code:((a OR b) c)", "not and(or(code=a code=b) code=c)"),
    ("party:(Bandar Abbas) x", "and(party=Bandar Abbas [x])"),
    # what only looks like a field
    ("https://example.org/a?b=c:d", "[https://example.org/a?b=c:d]"),
    ("12:30 a: b :c", "[12:30 a: b :c]"),
    (".tw+o? [a]^2 {b} \\", "[.tw+o? [a]^2 {b} \\]"),
]


@pytest.mark.parametrize(("query", "tree"), READ)
def test_a_query_is_read(query, tree):
    assert drawn(parse(query)) == tree


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_has_names_in_two_languages_in_any_letters(name):
    english = [alias for alias in FIELDS[name] if alias.isascii()]
    persian = [alias for alias in FIELDS[name] if not alias.isascii()]
    assert english[0] == name
    assert persian
    for alias in (*english, *persian, *map(str.upper, english)):
        for spelling in (alias, alias.replace("ی", "ي").replace("ک", "ك")):
            assert drawn(parse(f"{spelling}:0123456789.a")) == f"{name}=0123456789.a"


def test_no_name_is_of_two_fields():
    names = [alias for aliases in FIELDS.values() for alias in aliases]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("joint", [" ", " و ", " AND ", " NEAR/3 ", " OR "])
def test_every_part_knows_its_character(joint):
    query = f"شهر{joint}cities"
    node = parse(query)
    parts = [node] if isinstance(node, Text) else node.items
    for part in parts:
        assert query[part.at - 1 :].startswith(part.text.split()[0])


FAULTS = [
    # (query, place, what the message says)
    ("", None, "query is empty"),
    (" \u200f ", None, "query is empty"),
    ("و", 1, 'nothing but "و"'),
    ("  یا و", 3, 'nothing but "یا"'),
    ('"two', 1, "quotation mark at character 1 is not closed"),
    ('شهر "', 5, "quotation mark at character 5 is not closed"),
    ("شهر «تهران", 5, "quotation mark at character 5 is not closed"),
    ("(two", 1, "parenthesis at character 1 is not closed"),
    ("a code:(two", 8, "parenthesis at character 8 is not closed"),
    ("two)", 4, "parenthesis at character 4 closes nothing"),
    ("()", 2, "word is missing before the closing parenthesis"),
    ("(و)", 3, "word is missing before the closing parenthesis"),
    ("OR two", 1, "character 1 a word is missing before OR"),
    ("two OR", 5, "After character 5 something is missing"),
    ("two -(", 6, "After character 6 something is missing"),
    ("two NOT", 5, "After character 5 something is missing"),
    ("(" * 99 + "a" + ")" * 99, 51, "more than 50 parentheses"),
    ("a" * (MAX_CHARACTERS + 1), None, "Shorten it"),
    ("a " * MAX_WORDS + '-("b c" OR d)', None, f"{MAX_WORDS + 3} words; {MAX_WORDS} are"),
    # asterisks
    ("*", 1, "stands alone"),
    ("two ***", 5, "stands alone"),
    ('"sister * agreement"', 9, 'write "city agreement"~3'),
    ("a*", 2, "needs two letters"),
    ("two *a*", 5, "needs two letters"),
    ("شهر ٭ش", 5, "needs two letters"),
    ("*a*b*c*d*", 1, f"{MAX_STARS} are possible"),
    ('"cultur* a*"', 11, "needs two letters"),
    ("code:cult*", 10, "no meaning in the field code"),
    ("code:(a | cult*)", 11, "no meaning in the field code"),
    # nearness
    ("NEAR/5 two", 1, "a word is missing before NEAR"),
    ("two NEAR/5", 5, "no word behind it"),
    ("two (NEAR a)", 6, "a word is missing before NEAR"),
    ("two NEAR/5 OR b", 5, "no word behind it"),
    ("two نزدیک/۵", 5, "نزدیک/۵ has no word behind it"),
    ("two NEAR/0 a", 10, f"between 1 and {MAX_DISTANCE}"),
    ("two NEAR/101 a", 10, f"between 1 and {MAX_DISTANCE}"),
    (f"two NEAR/{'9' * 5000} a", 10, f"between 1 and {MAX_DISTANCE}"),
    ("two نزدیک/۰ a", 11, f"between 1 and {MAX_DISTANCE}"),
    ("two NEAR/x a", 10, "a number of words is missing"),
    ("two NEAR/ a", 5, "a number of words is missing"),
    ('"a b"~0', 7, f"between 1 and {MAX_DISTANCE}"),
    ('"a b"~۱۰۱', 7, f"between 1 and {MAX_DISTANCE}"),
    ('"a b"~', 6, "a number of words is missing"),
    ('"a"~5', 1, "needs two words"),
    ('"می شود"~5', 1, "needs two words"),
    ("city~2", 5, "stands behind a single word"),
    ("two NEAR/5 (a b)", 12, "a group stands beside NEAR/5"),
    ("(a b) NEAR/5 two", 1, "a group stands beside NEAR/5"),
    ("code:x NEAR/5 two", 1, "a field stands beside NEAR/5"),
    ("two NEAR/5 code:x", 12, "a field stands beside NEAR/5"),
    ("two NEAR/5 -x", 12, "a minus stands beside NEAR/5"),
    ('two NEAR/5 "a b"~3', 12, "a phrase with ~ stands beside NEAR/5"),
    ("a NEAR/5 b NEAR/6 c", 12, "one distance"),
    (" NEAR ".join("abcdef"), 31, f"more than {MAX_ITEMS}"),
    ('"a b c d e f g"~3', 12, f"more than {MAX_ITEMS}"),
    # fields
    ("yaer:1993", 1, 'no field "yaer" .character 1.. Did you mean year[?] Fields are code, coded'),
    ("two  langauge:fa", 6, "Did you mean language[?]"),
    ("سالها:۱۳۷۲", 1, "Did you mean سال[?] Fields are کد, کدگذاری, زبان"),
    ("تاریخ:۱۳۷۲", 1, "Did you mean سال[?]"),
    ("city:Kashan", 1, "Did you mean party[?]"),
    ("zzzzz:x", 1, 'no field "zzzzz" .character 1.. Fields are'),
    ("b" * 9000 + ":x", 1, "no field .* Fields are"),
    ("two kind: agreement", 5, "field kind at character 5 has no value. .* kind:agreement"),
    ("سال: ۱۳۷۲", 1, "سال:۱۳۷۲"),
    ("two kind:", 5, "has no value. Write the value right behind the colon"),
    ('kind:""', 1, "has no value"),
    ("kind :agreement", 6, "colon at character 6 has a space before it"),
    ("code:a, b", 7, "Behind the comma at character 7"),
    ("code:a,,b", 7, "Behind the comma at character 7"),
    ('code:("")', 7, "value at character 7 is empty"),
    ("code:(a language:fa)", 9, "no value of the field code"),
    ("code:(a language:(fa))", 9, "parentheses of the field code"),
    ('code:("a b"~3)', 7, "no value of the field code"),
    ("code:(a NEAR b)", 7, "a value of a field stands beside NEAR"),
    ("clause:5", 8, "no identifier of a clause. .* article:5"),
    ("year:1993 .. 2005", 12, "range at character 12 has a space before it"),
]


@pytest.mark.parametrize(("query", "at", "sentence"), FAULTS)
def test_a_fault_is_told_at_its_character(query, at, sentence):
    with pytest.raises(QueryError, match=sentence) as told:
        parse(query)
    message = str(told.value)
    assert told.value.at == at
    assert message.endswith(".")
    assert len(message) < 500
    assert at is None or f"character {at}" in message or "character" not in message


def test_an_error_keeps_its_place_on_the_way_out_of_a_worker():
    error = pickle.loads(pickle.dumps(QueryError("Something is wrong.", 7)))  # noqa: S301
    assert (str(error), error.at) == ("Something is wrong.", 7)


POINTED = [
    ("two  yaer:1993", 6, "two  ⟦yaer⟧:1993"),
    ("سال:۱۳۷۲ کشرو:ایران", 10, "سال:۱۳۷۲ ⟦کشرو⟧:ایران"),
    ("می‌شود two)", 11, "می‌شود two⟦)⟧"),
    ("نمی‌شود:x", 1, "⟦نمی‌شود⟧:x"),
    ("a\n*\tb", 3, "a ⟦*⟧ b"),
    ("a \u202e* \x07b", 4, "a ⟦*⟧ \ufffdb"),
    ("مُدیر:x", 1, "⟦مُدیر⟧:x"),
    ("two", 4, "two⟦…⟧"),
    ("two", None, "two"),
    ("x" * 100, None, "x" * 80 + "…"),
    ("b " * 50 + "* " + "c " * 50, 101, "…" + "b " * 20 + "⟦*⟧" + " c" * 20 + "…"),
    ("d" * 200, 1, "⟦" + "d" * 40 + "…⟧"),
]


@pytest.mark.parametrize(("query", "at", "shown"), POINTED)
def test_the_place_of_a_fault_is_marked_in_the_query(query, at, shown):
    assert pointed(query, QueryError("Something is wrong.", at)) == shown


CODES = {
    "cultural": ("Cultural", "فرهنگی"),
    "non-interference": ("Non-interference", "عدم مداخله"),
    "urban-management": ("Urban management", "مدیریت شهری"),
}


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("culturel", "Did you mean cultural?"),
        ("Cultual", "Did you mean cultural?"),
        ("فرهنگ", "Did you mean فرهنگی?"),
        ("مداخله", "Did you mean «عدم مداخله»?"),
        ("noninterference", "Did you mean non-interference?"),
        ("urban", 'Did you mean "Urban management"?'),
        ("cultural  فرهنگی", "For any of them write کد:(cultural | فرهنگی)."),
        ("xyz", "(character 3). Known are"),
        ("", "(character 3). Known are"),
    ],
)
def test_a_value_that_there_is_not_has_its_nearest_named(value, meant):
    error = unknown_value("code", value, 3, CODES)
    assert meant in str(error)
    known = "cultural, non-interference, urban-management"
    if not value.isascii():
        known = "فرهنگی, عدم مداخله, مدیریت شهری"
    assert str(error).endswith(f"Known are: {known}.")
    assert error.at == 3


def test_of_many_values_some_are_listed():
    known = {f"code-{number}": (f"name {number}",) for number in range(300)}
    error = unknown_value("code", "x" * 5000, 1, known)
    assert "and 260 more" in str(error)
    assert len(str(error)) < 600


# -- numbers ---------------------------------------------------------------------------------------

RANGES = [
    ("1993", (1993, 1993)),
    ("۱۳۷۲..۱۳۸۴", (1372, 1384)),
    ("١٩٩٣…٢٠٠٥", (1993, 2005)),
    ("1993-2005", (1993, 2005)),
    ("۱۳۷۲–۱۳۸۴", (1372, 1384)),
    ("۱۳۷۲ تا ۱۳۸۴", (1372, 1384)),
    ("1993 to 2005", (1993, 2005)),
    ("1993...", (1993, None)),
    ("..2005", (None, 2005)),
]
WRONG_RANGES = ["", "..", "long", "-1", "1-", "1993..2000..2005", "5.2", "1..x", "1234567890"]


@pytest.mark.parametrize(("value", "ends"), RANGES)
def test_a_range_has_two_ends_in_any_digits(value, ends):
    assert numbers(value, 1, "year", "year:1993") == ends


@pytest.mark.parametrize("value", WRONG_RANGES)
def test_what_is_no_range_is_refused(value):
    with pytest.raises(QueryError, match=r"at character 4 is no year. Write it as in") as told:
        numbers(value, 4, "year", "year:1993")
    assert told.value.at == 4


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("12345", "not between"),
        ("0", "not between"),
        ("2005..1993", "runs backwards"),
        ("1372..2005", "two calendars"),
    ],
)
def test_years_that_cannot_be_are_refused(value, sentence):
    with pytest.raises(QueryError, match=sentence) as told:
        years(value, 4)
    assert told.value.at == 4


def test_a_year_below_1600_is_persian_and_an_open_range_stays_in_its_calendar():
    assert years("1372..", 1) == (1372, 1599, True)
    assert years("..2005", 1) == (1600, 2005, False)


@given(st.text(max_size=12), st.integers(1, 9))
def test_values_of_numbers_are_right_or_refused(value, at):
    for read in (lambda: years(value, at), lambda: numbers(value, at, "document", "document:3")):
        try:
            first, last, *_ = read()
        except QueryError:
            continue
        assert first is None or last is None or first <= last


# -- whatever is typed -----------------------------------------------------------------------------

_SIGNS = [
    *'"“”„«»‹›‘’\'()|-−*٭:.،,~۵5aی\\/[]{}^$+?! \t\n…',
    *("OR", "NOT", "AND", " و ", " یا ", " منهای "),
    *("NEAR", " NEAR/5 ", "NEAR/", " نزدیک/۵ ", "~5", "~"),
    *("year:", "code:", "سال:", "code:(", "کد:(", "..", "yaer:", " :", "1993..2005"),
]  # fmt: skip
_PARTS = ['"a شهر"~5', "«می شود شهر»~۳", "a NEAR/5 شهر", "code:(a, b)", "کد:(الف یا ب)", "year:1,2"]
_WORDS = ["شهر", "city", "می شود", "شهر ها", "گفت", "گو", "cult*", "*نامه", "***", "parties'", "-"]
_MARKS = ["\0", "\u200f", "\u200c", "\u2067", "\ud800", "\ufeff", "\u0301", "\u0650"]
TYPED = st.lists(st.sampled_from(_SIGNS + _WORDS + _PARTS + _MARKS), max_size=14).map("".join)
SENSIBLE = st.lists(st.sampled_from([*_SIGNS, *_WORDS, *_PARTS]), max_size=10).map(" ".join)


@given(st.one_of(st.text(max_size=40), TYPED, SENSIBLE))
@example("'a (b' c")
@example("“a\u200f\u200fb")
@example("-'a' NEAR/5 b")
@settings(max_examples=1000, deadline=None)
def test_a_query_is_read_or_its_fault_told_and_what_is_read_is_written_back(query):
    try:
        node = parse(query)
    except QueryError as error:
        assert str(error).endswith(".")  # noqa: PT017 - any query may be right or wrong
        assert error.at is None or 1 <= error.at <= len(query)  # noqa: PT017
        assert ("⟦" in pointed(query, error)) == (error.at is not None or "⟦" in query)  # noqa: PT017
        assert "\n" not in pointed(query, error)  # noqa: PT017
        return
    written = canonical(node)
    again = parse(written)
    assert placeless(again) == placeless(node)
    assert canonical(again) == written


WRITTEN = [
    ("شهر و روستا", "شهر AND روستا"),
    ("شهر یا روستا", "شهر OR روستا"),
    ("a (b | c) -(d e)", "a (b OR c) -(d e)"),
    ('«a "b"» \'"»\'', '«a "b"» ‹"»›'),
    ("'a \"»› b'", "'a \"»› b'"),
    ('"می شود شهر"~5', "می شود NEAR/5 شهر"),
    ('"a OR b"~5', '"a OR b"~5'),
    ("سال:۱۳۷۲..۱۳۸۴ کد:«عدم مداخله»", 'year:۱۳۷۲..۱۳۸۴ code:"عدم مداخله"'),
]


@pytest.mark.parametrize(("query", "written"), WRITTEN)
def test_a_query_is_written_in_one_way(query, written):
    assert canonical(parse(query)) == written


@pytest.mark.parametrize(
    "piece",
    ["a ", "a* ", '"', "'a ", "(", ")", "-", "ab* ", "و ", "a NEAR ", "x:", "~5", "«a» ", "گفت و ",
     "code:a,", "code:(", "می ", "a'(", "\u200f"],
)  # fmt: skip
def test_the_longest_query_is_answered(piece):
    query = (piece * MAX_CHARACTERS)[:MAX_CHARACTERS]
    try:
        written = canonical(parse(query))
    except QueryError as error:
        assert len(str(error)) < 500  # noqa: PT017 - some are wrong
    else:
        assert written


# -- what the documentation says -------------------------------------------------------------------

PAGE = (Path(__file__).parents[1] / "docs" / "query.md").read_text(encoding="utf-8")
EXAMPLES = [
    code
    for line in PAGE.splitlines()
    if line.startswith("| ")
    for code in re.findall("`([^`]+)`", line)
] + PAGE.split("All together:")[1].split("```")[1].splitlines()[1:]


@pytest.mark.parametrize("query", EXAMPLES)
def test_what_the_documentation_shows_is_a_query(query):
    assert parse(query)


def test_the_documentation_names_every_field_and_each_of_its_names():
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    rows = {line.split("|")[1].split(",")[0].strip(): line for line in lines}
    for name, aliases in FIELDS.items():
        cells = re.split("[|,،]", rows[name])
        assert set(aliases) <= {cell.strip() for cell in cells}
