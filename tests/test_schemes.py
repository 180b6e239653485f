from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine import codebook, resources
from textmine.errors import InputError, SchemeError
from textmine.schemes import Group, Scheme, Ungrouped, load_scheme, parse_scheme, scheme_names
from textmine.schemes.countries import COUNTRIES

WORLD_WIDE = (
    "continents",
    "continents-tehran-2018",
    "regions",
    "regions-iran-2018",
    "iran-periphery",
    "oic",
    "eaeu",
    "sco",
    "eco",
    "eu",
    "cis",
    "turkic-states",
    "gcc",
    "arab-league",
    "asean",
    "brics",
)

HEAD = """\
id: mine
version: 1
kind: {kind}
name: {{en: Mine, fa: از من}}
description: {{en: An example., fa: یک نمونه.}}
source: Made for a test.
"""
TWO_HALVES = HEAD.format(kind="countries") + (
    "groups:\n"
    "  - {id: near, name: {en: Near, fa: نزدیک}, countries: [IQ, TR]}\n"
    "  - {id: far, name: {en: Far, fa: دور}, countries: [NO, CL]}\n"
)


def faults(source: str, folder: Path | None = None) -> list[str]:
    """The lines of the error, without its first."""
    with pytest.raises(SchemeError) as caught:
        parse_scheme(source, "mine.yaml", folder)
    first, *rest = str(caught.value).split("\n  ")
    count = "1 fault" if len(rest) == 1 else f"{len(rest)} faults"
    assert first == f"mine.yaml has {count}:"
    return rest


def fault(source: str, folder: Path | None = None) -> str:
    (only,) = faults(source, folder)
    return only


def periods(*groups: str, calendar: str = "gregorian") -> str:
    """A scheme with the groups a, b, c ... of the given bounds, the first at line 9."""
    items = (
        f"  - {{id: {letter}, name: {{en: {letter}, fa: {letter}}}, {bounds}}}\n"
        for letter, bounds in zip("abcdef", groups, strict=False)
    )
    return HEAD.format(kind="periods") + f"calendar: {calendar}\ngroups:\n" + "".join(items)


def group_of(answer: Group | Ungrouped) -> str:
    return answer.id if isinstance(answer, Group) else answer.reason


# What is shipped.


@pytest.mark.parametrize("name", scheme_names())
def test_a_shipped_scheme_is_whole_and_named_after_its_file(name: str) -> None:
    scheme = load_scheme(name)
    assert scheme.id == name
    assert scheme.source
    for text in (scheme.name, scheme.description, *(group.name for group in scheme.groups)):
        assert set(text) == {"en", "fa"}
        assert text["en"].isascii()
        assert any("\u0600" <= letter <= "\u06ff" for letter in text["fa"])
    for field in (group.id for group in scheme.groups), (g.name["fa"] for g in scheme.groups):
        found = list(field)
        assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", WORLD_WIDE)
def test_a_world_wide_scheme_has_every_country_once(name: str) -> None:
    listed = [code for group in load_scheme(name).groups for code in group.countries]
    assert sorted(listed) == sorted(COUNTRIES)


def test_the_codes_are_those_of_iso_3166_and_kosovo() -> None:
    assert len(COUNTRIES) == len(set(COUNTRIES)) == 250
    assert {"IR", "NO", "PS", "TW", "XK"} <= set(COUNTRIES)
    assert not {"UK", "EU", "SU", "YU", "AN", "CS"} & set(COUNTRIES)


@pytest.mark.parametrize(
    ("name", "country", "group"),
    [
        ("continents", "TR", "asia"),
        ("continents", "GE", "asia"),
        ("continents", "CY", "asia"),
        ("continents", "RU", "europe"),
        ("continents", "EG", "africa"),
        ("continents", "MX", "americas"),
        ("continents", "PG", "oceania"),
        ("continents-tehran-2018", "TR", "europe"),
        ("continents-tehran-2018", "GE", "europe"),
        ("continents-tehran-2018", "RU", "europe"),
        ("continents-tehran-2018", "AM", "asia"),
        ("continents-tehran-2018", "CY", "asia"),
        ("regions", "CY", "western-europe"),
        ("regions", "MY", "south-east-asia"),
        ("regions-iran-2018", "AF", "west-asia"),
        ("regions-iran-2018", "PK", "west-asia"),
        ("regions-iran-2018", "TR", "west-asia"),
        ("regions-iran-2018", "PS", "west-asia"),
        ("regions-iran-2018", "KZ", "central-asia-caucasus"),
        ("regions-iran-2018", "TH", "east-asia"),
        ("regions-iran-2018", "CY", "eastern-europe"),
        ("regions-iran-2018", "RU", "eastern-europe"),
        ("regions-iran-2018", "SD", "africa"),
        ("regions-iran-2018", "ZA", "africa"),
        ("regions-iran-2018", "US", "western-europe-north-america"),
        ("regions-iran-2018", "CU", "latin-america"),
        ("regions-iran-2018", "VN", "east-asia"),
        ("regions-iran-2018", "IN", "south-asia"),
        ("iran-periphery", "IQ", "periphery"),
        ("iran-periphery", "AM", "periphery"),
        ("iran-periphery", "MY", "east-asia-eastern-europe"),
        ("iran-periphery", "CY", "east-asia-eastern-europe"),
        ("iran-periphery", "SN", "other"),
        ("civilisations-iran-2018", "TJ", "islamic-iranian"),
        ("civilisations-iran-2018", "SD", "islamic-arab"),
        ("civilisations-iran-2018", "RO", "slavic"),
        ("civilisations-iran-2018", "IT", "christian-western"),
        ("civilisations-iran-2018", "ZA", "not-given"),
        ("civilisations-iran-2018", "JP", "not-in-scheme"),
        ("iran-neighbours-geopolitical", "IQ", "west"),
        ("iran-neighbours-geopolitical", "IN", "east"),
        ("iran-neighbours-geopolitical", "IR", "not-in-scheme"),
        ("oic", "SN", "member"),
        ("oic", "CY", "other"),
        ("eu", "GB", "other"),
        ("asean", "TL", "other"),
    ],
)
def test_countries_stand_where_the_sources_put_them(name: str, country: str, group: str) -> None:
    assert group_of(load_scheme(name).of_country(country)) == group


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("oic", 57),
        ("eaeu", 5),
        ("sco", 10),
        ("eco", 10),
        ("eu", 27),
        ("cis", 9),
        ("turkic-states", 5),
        ("gcc", 6),
        ("arab-league", 22),
        ("asean", 10),
        ("brics", 10),
    ],
)
def test_organisations_have_their_members_as_of_a_day(name: str, members: int) -> None:
    scheme = load_scheme(name)
    assert len(scheme.group("member").countries) == members
    assert scheme.as_of == date(2025, 2, 1)


def test_what_is_no_country_code_is_said_to_be_none() -> None:
    continents = load_scheme("continents")
    for code in ("Iran", "ir", "UK", ""):
        assert continents.of_country(code) == Ungrouped("not-a-country")


@pytest.mark.parametrize(
    ("solar_hijri", "government"),
    [
        ((1357, 11, 14), "before-revolution"),
        ((1357, 11, 15), "provisional"),
        ((1358, 8, 15), "revolution-council"),
        ((1358, 11, 15), "banisadr"),
        ((1360, 3, 31), "banisadr"),
        ((1360, 4, 1), "presidential-council-1"),
        ((1360, 5, 11), "rajai"),
        ((1360, 6, 8), "rajai"),
        ((1360, 6, 9), "presidential-council-2"),
        ((1360, 7, 17), "khamenei"),
        ((1368, 5, 11), "khamenei"),
        ((1368, 5, 12), "hashemi-rafsanjani"),
        ((1376, 5, 11), "hashemi-rafsanjani"),
        ((1376, 5, 12), "khatami"),
        ((1384, 5, 11), "khatami"),
        ((1384, 5, 12), "ahmadinejad"),
        ((1392, 5, 11), "ahmadinejad"),
        ((1392, 5, 12), "rouhani"),
        ((1400, 5, 11), "rouhani"),
        ((1400, 5, 12), "raisi"),
        ((1403, 2, 30), "raisi"),
        ((1403, 2, 31), "mokhber"),
        ((1403, 5, 6), "mokhber"),
        ((1403, 5, 7), "pezeshkian"),
    ],
)
def test_governments_change_on_their_day(
    solar_hijri: tuple[int, int, int], government: str
) -> None:
    day = jdatetime.date(*solar_hijri).togregorian()
    assert group_of(load_scheme("iran-governments").of_days(day, day)) == government


@pytest.mark.parametrize(
    ("name", "year", "group"),
    [
        ("iran-governments-by-year", 1357, "before-revolution"),
        ("iran-governments-by-year", 1360, "khamenei"),
        ("iran-governments-by-year", 1368, "hashemi-rafsanjani"),
        ("iran-governments-by-year", 1392, "rouhani"),
        ("iran-governments-by-year", 1403, "pezeshkian"),
        ("iran-governments-by-gregorian-year", 1979, "provisional"),
        ("iran-governments-by-gregorian-year", 1981, "banisadr"),
        ("iran-governments-by-gregorian-year", 2013, "ahmadinejad"),
        ("iran-governments-by-gregorian-year", 2024, "pezeshkian"),
        ("iran-discourses-2018", 1963, "independent-national-policy"),
        ("iran-discourses-2018", 1978, "independent-national-policy"),
        ("iran-discourses-2018", 1979, "revolutionary"),
        ("iran-discourses-2018", 1988, "revolutionary"),
        ("iran-discourses-2018", 1989, "expediency"),
        ("iran-discourses-2018", 1997, "dialogue-of-civilisations"),
        ("iran-discourses-2018", 2004, "dialogue-of-civilisations"),
        ("iran-discourses-2018", 2005, "justice-centred-principlism"),
        ("iran-discourses-2018", 2013, "justice-centred-principlism"),
        ("iran-discourses-2018", 2014, "moderation"),
        # A year of the other calendar is put in by its days.
        ("iran-discourses-2018", 1380, "dialogue-of-civilisations"),
        ("iran-discourses-2018", 1392, "straddles"),
        ("iran-governments-by-year", 2013, "straddles"),
        ("iran-governments", 2013, "straddles"),
        ("iran-governments", 1380, "khatami"),
        ("iran-discourses", 1360, "revolutionary"),
        ("iran-discourses", 2024, "straddles"),
        ("iran-discourses-tehran-2018", 1373, "economic-development"),
        ("iran-discourses-tehran-2018", 1397, "prudence-and-hope"),
        ("iran-discourses-tehran-2018", 1398, "not-in-scheme"),
    ],
)
def test_years_stand_where_the_rules_put_them(name: str, year: int, group: str) -> None:
    assert group_of(load_scheme(name).of_year(year)) == group


@pytest.mark.parametrize(
    ("by_year", "years"),
    [
        ("iran-governments-by-year", [(year, "persian") for year in range(1340, 1405)]),
        ("iran-governments-by-gregorian-year", [(y, "gregorian") for y in range(1960, 2026)]),
    ],
)
def test_a_year_counts_for_the_government_with_most_of_its_days(
    by_year: str, years: list[tuple[int, str]]
) -> None:
    exact = load_scheme("iran-governments")
    rough = load_scheme(by_year)
    for year, calendar in years:
        if calendar == "persian":
            day = jdatetime.date(year, 1, 1).togregorian()
            end = jdatetime.date(year + 1, 1, 1).togregorian()
        else:
            day, end = date(year, 1, 1), date(year + 1, 1, 1)
        days: dict[str, int] = {}
        while day < end:
            government = group_of(exact.of_days(day, day))
            days[government] = days.get(government, 0) + 1
            day += timedelta(1)
        assert group_of(rough.of_year(year)) == max(days, key=lambda one: days[one]), year


def test_periods_that_are_put_together_have_no_seam() -> None:
    revolutionary = load_scheme("iran-discourses").group("revolutionary")
    assert len(revolutionary.days) == 1
    assert (revolutionary.begins, revolutionary.ends) == ("1979-02-04", "1989-08-02")


def test_the_dimensions_of_city_diplomacy_group_codes_of_the_shipped_codebook() -> None:
    scheme = load_scheme("pluijm-dimensions")
    book = codebook.shipped()
    assert scheme.codebook == book.id
    grouped = {code for group in scheme.groups for code in group.codes}
    assert {code.id for code in book.codes} - grouped == {"non-interference", "procedural"}
    assert all(book.code(code) for code in grouped)
    assert group_of(scheme.of_code("environment")) == "development"
    assert group_of(scheme.of_code("procedural")) == "not-in-scheme"
    assert all(set(group.definition) == {"en", "fa"} for group in scheme.groups)


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("Bilateral", "bilateral"),
        ("دو جانبه", "bilateral"),
        ("دوجانبه", "bilateral"),
        ("منطقه ای", "regional"),
        ("بين المللي", "international"),
        ("بینالمللی", "international"),
        ("national", "not-in-scheme"),
        ("منطقه", "not-in-scheme"),
    ],
)
def test_words_are_found_in_any_spelling_and_only_whole(word: str, level: str) -> None:
    assert group_of(load_scheme("levels").of_word(word)) == level


# What can be asked.


def test_a_date_known_to_the_month_may_straddle() -> None:
    halves = parse_scheme(periods("to: 1392-05-11", "from: 1392-05-12", calendar="persian"))
    month = date(2013, 7, 23), date(2013, 8, 22)
    assert halves.of_days(*month) == Ungrouped("straddles", ("a", "b"))
    assert halves.of_days(date(2013, 8, 2), date(2013, 8, 2)) == halves.group("a")
    assert halves.of_days(date(2013, 8, 3), date(2013, 8, 22)) == halves.group("b")


def test_a_date_that_reaches_out_of_the_scheme_straddles() -> None:
    one = parse_scheme(periods("from: 2000, to: 2001"))
    assert one.of_days(date(1999, 12, 31), date(2000, 1, 1)) == Ungrouped("straddles", ("a",))
    assert one.of_days(date(1999, 1, 1), date(2002, 1, 1)) == Ungrouped("straddles", ("a",))
    assert one.of_days(date(1999, 1, 1), date(1999, 12, 31)) == Ungrouped("not-in-scheme")
    assert one.of_year(2001) == one.group("a")


def test_without_a_date_there_is_a_reason() -> None:
    governments = load_scheme("iran-governments")
    assert governments.of_days(None, None) == Ungrouped("no-date")
    assert governments.of_days(date(2000, 1, 1), None) == Ungrouped("no-date")
    assert governments.of_year(None) == Ungrouped("no-date")


@pytest.mark.parametrize("year", [0, -5, 9999, 123456])
def test_impossible_years_are_refused(year: int) -> None:
    with pytest.raises(InputError, match=str(year)):
        load_scheme("iran-governments").of_year(year)


def test_days_that_run_backwards_are_refused() -> None:
    with pytest.raises(InputError, match="backwards"):
        load_scheme("iran-governments").of_days(date(2001, 1, 2), date(2001, 1, 1))


@given(
    st.dates(date(1950, 1, 1), date(2049, 1, 1)),
    st.integers(0, 900),
    st.sampled_from([n for n in scheme_names() if load_scheme(n).kind == "periods"]),
)
def test_a_stretch_is_in_a_group_exactly_when_all_its_days_are(
    first: date, length: int, name: str
) -> None:
    scheme = load_scheme(name)
    last = first + timedelta(length)
    each = {
        group_of(scheme.of_days(d, d)) for d in (first + timedelta(n) for n in range(length + 1))
    }
    expected = each.pop() if len(each) == 1 else "straddles"
    assert group_of(scheme.of_days(first, last)) == expected


def test_a_scheme_answers_only_for_its_kind() -> None:
    with pytest.raises(SchemeError, match='"continents" groups countries, not periods'):
        load_scheme("continents").of_year(2000)
    with pytest.raises(SchemeError, match='"levels" groups topics, not countries'):
        load_scheme("levels").of_country("IR")
    with pytest.raises(SchemeError, match="groups periods, not topics"):
        load_scheme("iran-governments").of_code("cultural")
    with pytest.raises(SchemeError, match="groups periods, not topics"):
        load_scheme("iran-governments").of_word("culture")


def test_a_group_that_is_not_there_is_an_error() -> None:
    with pytest.raises(SchemeError, match=r'has no group "atlantis".*africa'):
        load_scheme("continents").group("atlantis")


# Files of one's own.


def test_a_file_of_ones_own_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(TWO_HALVES, encoding="utf-8")
    for named in (path, str(path)):
        scheme = load_scheme(named)
        assert scheme.reference == "mine@1"
        assert group_of(scheme.of_country("NO")) == "far"
        assert group_of(scheme.of_country("IR")) == "not-in-scheme"


def test_a_name_or_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SchemeError, match=r'ships no scheme "contnents".*continents'):
        load_scheme("contnents")
    with pytest.raises(SchemeError, match="cannot be opened"):
        load_scheme(tmp_path / "none.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: é".encode("latin-1"))
    with pytest.raises(SchemeError, match="not UTF-8"):
        load_scheme(path)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "is empty"),
        ("- a\n- b\n", "is a list; a scheme is written as"),
        ("id: [", "this is not YAML"),
        ("id: \x00", "this is not YAML"),
    ],
)
def test_what_is_no_scheme_at_all(source: str, message: str) -> None:
    with pytest.raises(SchemeError, match=message):
        parse_scheme(source)


def test_an_odd_rule_is_a_few_lines_on_a_base() -> None:
    base = load_scheme("continents")
    odd = parse_scheme("id: odd\nversion: 3\nbased_on: continents\nexcept: {europe: [TR, GE]}\n")
    assert odd.reference == "odd@3"
    assert (odd.name, odd.source, odd.kind) == (base.name, base.source, base.kind)
    moved = [code for code in COUNTRIES if odd.of_country(code) != base.of_country(code)]
    changed = {
        code for code in moved if group_of(odd.of_country(code)) != group_of(base.of_country(code))
    }
    assert changed == {"TR", "GE"}


def test_a_base_can_be_a_file_beside(tmp_path: Path) -> None:
    (tmp_path / "halves.yaml").write_text(TWO_HALVES, encoding="utf-8")
    odd = tmp_path / "odd.yaml"
    odd.write_text(
        "id: odd\nversion: 1\nbased_on: halves.yaml\nexcept: {near: [NO, SY]}\n", encoding="utf-8"
    )
    scheme = load_scheme(odd)
    assert scheme.group("near").countries == ("IQ", "NO", "SY", "TR")
    assert scheme.group("far").countries == ("CL",)


def test_bases_that_run_in_a_circle_are_told(tmp_path: Path) -> None:
    for one, other in ("ab", "ba"):
        (tmp_path / f"{one}.yaml").write_text(
            f"id: {one}\nversion: 1\nbased_on: {other}.yaml\n", encoding="utf-8"
        )
    with pytest.raises(SchemeError, match="is based on itself"):
        load_scheme(tmp_path / "a.yaml")


def test_others_are_all_the_rest() -> None:
    scheme = parse_scheme(
        HEAD.format(kind="countries")
        + "groups:\n"
        + "  - {id: rest, name: {en: Rest, fa: بقیه}, countries: others}\n"
        + "  - {id: home, name: {en: Home, fa: خانه}, countries: [IR]}\n"
    )
    assert scheme.group("rest").countries == tuple(code for code in COUNTRIES if code != "IR")


@pytest.mark.parametrize("written", ["1392-05-12", "۱۳۹۲-۰۵-۱۲", "1392/5/12", "'1392-5-12'"])
def test_a_day_may_be_written_in_several_ways(written: str) -> None:
    scheme = parse_scheme(periods(f"from: {written}", calendar="persian"))
    (group,) = scheme.groups
    assert group.days[0].first == date(2013, 8, 3)
    assert (group.begins, group.ends) == ("1392-05-12", "")


# Faults.


def test_three_faults_are_told_at_once_each_with_its_line() -> None:
    told = faults(
        HEAD.format(kind="countries")
        + "groups:\n"
        + "  - {id: near, name: {en: Near, fa: نزدیک}, countries: [IQ, UK]}\n"
        + "  - {id: far, name: {en: Far}, countries: [CL]}\n"
        + "  - id: other\n"
        + "    name: {en: Other, fa: دیگر}\n"
        + "    countries: [CN, IQ]\n"
    )
    assert told == [
        'line 8: Group "near": "UK" is no country code of ISO 3166-1.',
        'line 9: Group "far": "name" lacks "fa"; both are needed.',
        'line 12: Group "other": the country "IQ" stands already in group "near" (line 8); '
        "groups must not overlap: drop one.",
    ]


@pytest.mark.parametrize(
    ("drop", "message"),
    [
        ("id: mine\n", 'no "id"'),
        ("version: 1\n", 'no "version"'),
        ("kind: countries\n", 'no "kind"'),
        ("name: {en: Mine, fa: از من}\n", 'no "name"'),
        ("description: {en: An example., fa: یک نمونه.}\n", 'no "description"'),
        ("source: Made for a test.\n", 'no "source"'),
        (TWO_HALVES[TWO_HALVES.index("groups:") :], 'no "groups"'),
        (", countries: [IQ, TR]", 'no "countries"'),
    ],
)
def test_what_is_left_out_is_told(drop: str, message: str) -> None:
    assert drop in TWO_HALVES
    assert message in fault(TWO_HALVES.replace(drop, ""))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: mine", "id: My Scheme", 'line 1: The scheme: the id is "My Scheme"'),
        ("version: 1", 'version: "1"', "line 2: The version is"),
        ("version: 1", "version: one", 'line 2: The version is "one"'),
        ("kind: countries", "kind: planets", 'line 3: The kind is "planets"'),
        ("source: Made", "sources: x\nsource: Made", 'unknown key "sources"'),
        (
            "source: Made",
            "calendar: persian\nsource: M",
            '"calendar" belongs to a scheme of periods',
        ),
        ("source: Made", "codebook: themes\nsource: M", '"codebook" belongs to a scheme of topics'),
        ("source: Made", "as_of: spring\nsource: M", '"as_of" is "spring"'),
        ("source: Made", "except: {near: [SY]}\nsource: M", '"except" changes a base'),
        ("id: far", "id: near", 'line 9: Group "near" stands already at line 8'),
        ("[NO, CL]", "[NO, CL, NO]", 'the country "NO" stands already here'),
        ("[NO, CL]", "[NO, cl]", "write it in capitals: CL"),
        ("[NO, CL]", "[NO, [CL]]", "an entry is a list"),
        ("[NO, CL]", "NO", "write a list of country codes"),
        ("countries: [NO, CL]", "from: 2000", 'unknown key "from"'),
    ],
)
def test_what_is_wrong_is_told(old: str, new: str, message: str) -> None:
    assert old in TWO_HALVES
    assert any(message in one for one in faults(TWO_HALVES.replace(old, new)))


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (["to: 2000", "from: 2000"], 'line 10: Group "b" begins at 2000, when group "a" (line 9)'),
        (["from: 2000", "from: 2001, to: 2002"], 'Group "b" begins at 2001'),
        (["to: 2000", "to: 1990"], "groups must not overlap"),
        (["to: 2000-05-01", "from: 2000-05-01"], "groups must not overlap"),
        (
            ["from: 2000, to: 2009", "from: 2001, to: 2002", "from: 2005"],
            'Group "c" begins at 2005',
        ),
        (["from: 2001, to: 2000"], "ends at 2000, before it begins at 2001"),
        (["from: 2000-02-30"], "a day that there is not"),
        (["from: 2000-02"], '"from" is "2000-02"; write a day'),
        (["from: null"], '"from" is null (nothing); write a day'),
        (["to: 1999", "from: 2000-01-01"], "is written in days, but line 9 in years"),
        (["from: 1392"], 'no year of the gregorian calendar; write "calendar: persian"'),
        (["definition: {en: d, fa: د}"], 'neither "from" nor "to"'),
    ],
)
def test_bounds_that_cannot_be_are_told(groups: list[str], message: str) -> None:
    assert any(message in one for one in faults(periods(*groups)))


def test_gregorian_years_do_not_pass_for_solar_hijri_ones() -> None:
    told = fault(periods("from: 2013-08-03", calendar="persian"))
    assert 'no year of the persian calendar; write "calendar: gregorian"' in told


def test_days_that_touch_do_not_overlap() -> None:
    scheme = parse_scheme(periods("to: 1392-05-11", "from: 1392-05-12", calendar="persian"))
    assert len(scheme.groups) == 2


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        (
            "based_on: nowhere\n",
            'line 3: The base "nowhere" cannot be used. textmine ships no scheme',
        ),
        ("based_on: gcc\nkind: periods\n", 'The base "gcc" groups countries, not periods'),
        ("based_on: gcc\nexcept: {friends: [IR]}\n", 'names no group here: "friends"'),
        ("based_on: gcc\nexcept: {other: [XX]}\n", '"XX" is no country code'),
        ("based_on: gcc\nexcept: {other: [BH], member: [BH]}\n", "stands already in"),
        ("based_on: gcc\nexcept: [BH]\n", 'line 4: "except" is a list'),
        (
            "based_on: iran-governments\nexcept: {rouhani: [IR]}\n",
            "belongs to a scheme of countries",
        ),
        (
            "based_on: gcc\ngroups:\n- {id: a, name: {en: A, fa: آ}, groups: [member]}\n",
            'No group here takes "other" of the base "gcc"',
        ),
        (
            "based_on: gcc\ngroups:\n- {id: a, name: {en: A, fa: آ}, groups: [member, other, x]}\n",
            'the base "gcc" has no group "x"; it has member, other',
        ),
        (
            "based_on: gcc\ngroups:\n- {id: a, name: {en: A, fa: آ}, groups: [member, other]}\n"
            "- {id: b, name: {en: B, fa: ب}, groups: [other]}\n",
            'the group "other" stands already in group "a"',
        ),
    ],
)
def test_what_is_wrong_with_a_base_is_told(rest: str, message: str) -> None:
    assert message in fault("id: mine\nversion: 1\n" + rest)


TOPICS = HEAD.format(kind="topics") + (
    "groups:\n"
    "  - {id: a, name: {en: A, fa: آ}, codes: [trade], words: {fa: [بین‌المللی]}}\n"
    "  - {id: b, name: {en: B, fa: ب}, codes: [art]}\n"
)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("codes: [art, trade]", 'the code "trade" stands already in group "a" (line 8)'),
        ("words: {fa: [بین المللی]}", "groups must not overlap"),
        ("words: {de: [Kunst]}", 'unknown key "de"'),
        ("definition: {en: d, fa: د}", 'neither "codes" nor "words"'),
    ],
)
def test_topics_that_overlap_are_told(new: str, message: str) -> None:
    assert group_of(parse_scheme(TOPICS).of_code("art")) == "b"
    assert message in fault(TOPICS.replace("codes: [art]", new))


@given(st.text())
def test_any_text_is_a_scheme_or_a_named_error(text: str) -> None:
    try:
        scheme = parse_scheme(text)
    except SchemeError:
        return
    assert isinstance(scheme, Scheme)


@given(st.sampled_from(scheme_names()), st.data())
def test_a_shipped_file_with_a_line_lost_is_a_scheme_or_a_named_error(
    name: str, data: st.DataObject
) -> None:
    folder = resources.shipped("schemes")
    lines = (folder / f"{name}.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    lost = data.draw(st.integers(0, len(lines) - 1))
    try:
        scheme = parse_scheme("".join(lines[:lost] + lines[lost + 1 :]), folder=folder)
    except SchemeError:
        return
    assert dataclasses.is_dataclass(scheme)
