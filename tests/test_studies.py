"""Studies: the files that declare them, and the tables and findings that come out."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from study_reports import EXPECTED, Reader, counts, facts, make, reading_of, rows
from typer.testing import CliRunner

from textmine import ingest
from textmine.cli import app
from textmine.errors import InputError, NoDocumentError
from textmine.places import gazetteer
from textmine.records import Clause, Span
from textmine.reports.texts import Both
from textmine.store.corpus import Corpus
from textmine.studies.claims import _NUMBER, check
from textmine.studies.comparing import _fits, held_against
from textmine.studies.counting import counted
from textmine.studies.running import Library, run
from textmine.studies.sections import sections
from textmine.studies.study import Claim, Where, load, study_names
from textmine.studies.writing import write
from textmine.text.turned import mended_words, pieces, unturned
from textmine.ties import merged

IRAN = ["iran-ties-fa.txt", "iran-ties-fa.pdf", "iran-ties-en.txt", "iran-ties-en.pdf",
        "fa-flattened.txt", "en-flattened.txt"]  # fmt: skip
TEHRAN = ["tehran-ties-fa.txt", "tehran-ties-fa.pdf", "tehran-ties-en.txt", "tehran-ties-en.pdf"]
RELATIONS = ["iran-kyrgyzstan-relations-fa.md", "iran-kyrgyzstan-relations-en.pdf"]
OTHER = ["trade-fa.txt", "trade-en.pdf", "opportunities-fa.txt", "opportunities-en.md"]


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    with make(
        tmp_path_factory.mktemp("studies") / "corpus", [*IRAN, *TEHRAN, *RELATIONS, *OTHER]
    ) as corpus:
        yield Reader(corpus)


# -- the file of a study ---------------------------------------------------------------------------


def test_every_shipped_study_can_be_read():
    names = study_names()
    assert len(names) >= 5
    for name in names:
        study = load(name)
        assert study.id == name
        assert study.title.en
        assert study.title.fa
        assert len({table.id for table in study.tables}) == len(study.tables)


def test_every_fault_of_a_study_is_told_with_its_line(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "id: mine\n"
        "version: one\n"
        "title: {en: Mine}\n"
        "tables:\n"
        "  - {id: a, title: {en: A, fa: الف}, count: ties}\n"
        "  - {id: b, title: {en: B, fa: ب}, list: ties, where: {kinds: [marriage]}}\n"
        "claims:\n"
        "  - {id: c, of: {count: ties}, says: [no number]}\n"
        "colour: red\n"
        "figures:\n"
        "  - {id: ../f, draw: map, table: gone}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as told:
        load(str(path))
    message = str(told.value)
    for line, words in (
        (2, "a whole number"),
        (3, '"fa"'),
        (5, '"by"'),
        (6, "marriage"),
        (8, "# for the number"),
        (9, "colour"),
        (11, "small Latin letters"),
        (11, 'no table "gone"'),
    ):
        assert re.search(rf"line {line}: .*{re.escape(words)}", message), message


def test_schemes_and_codebooks_of_a_study_are_checked(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "id: mine\nversion: 1\ntitle: {en: Mine, fa: من}\ntables:\n"
        "  - {id: a, title: {en: A, fa: الف}, count: ties, by: planets}\n"
        "  - {id: b, title: {en: B, fa: ب}, count: ties, by: pluijm-dimensions}\n"
        "  - {id: b, title: {en: C, fa: پ}, sections: no_such_book}\n"
        "  - {id: d, title: {en: D, fa: ت}, count: ties, by: ours.yaml}\n"
        "claims:\n"
        "  - {id: c, of: {count: ties, by: oic, groups: [mars]}, says: ['# ties']}\n",
        encoding="utf-8",
    )
    (tmp_path / "ours.yaml").write_text(
        "id: ours\nversion: 1\nbased_on: continents\nexcept: {europe: [TR]}\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as told:
        load(str(path))
    message = str(told.value)
    for line, words in (
        (5, "planets"),
        (6, "groups topics"),
        (7, "no_such_book"),
        (7, "stands above already"),
        (10, "mars"),
    ):
        assert re.search(rf"line {line}: .*{re.escape(words)}", message), message
    assert "line 8" not in message


def test_a_study_that_is_not_there_names_those_that_are():
    with pytest.raises(InputError, match="tehran-sister-cities-2018"):
        load("tehran-sister-cities-1918")


# -- the ties of reports in other words and layouts ------------------------------------------------


def _ties(result, home: str = "") -> dict[tuple[str, str], dict[str, object]]:
    return {(row.get("city", home), row["partner"]): row for row in rows(result, "ties")}


@pytest.mark.parametrize("name", IRAN)
def test_all_ties_of_eight_cities_come_out_of_every_layout(reader, name):
    found = _ties(reader.studied("iran-sister-cities-2018", name))
    expected = {
        (row["city"], row["partner"]): {
            "country": row["partner_country"],
            "kind": row["kind"],
            "year": int(row["year"]) if row["year"] else None,
        }
        for row in facts("iran_ties")
    }
    assert len(expected) == 70
    told = {key: {name: row[name] for name in ("country", "kind", "year")}
            for key, row in found.items()}  # fmt: skip
    assert told == expected


@pytest.mark.parametrize("name", TEHRAN)
def test_all_documents_of_tehran_come_out_with_their_dates(reader, name):
    found = _ties(reader.studied("tehran-sister-cities-2018", name), "Tehran")
    language = "fa" if "-fa" in name else "en"
    expected = {}
    for row in facts("tehran_ties"):
        day = row["first_day"] if row["first_day"] == row["last_day"] else row["persian_date"]
        expected["Pretoria" if row["partner"] == "Tshwane" else row["partner"]] = (
            row["partner_country"],
            row["kind"],
            row["persian_date"] if language == "fa" else day,
        )
    assert {
        key[1]: (row["country"], row["kind"], row["date"]) for key, row in found.items()
    } == expected


def test_instruments_are_kept_as_written(reader):
    found = _ties(reader.studied("tehran-sister-cities-2018", "tehran-ties-fa.txt"), "Tehran")
    written = {key[1]: row["instrument"] for key, row in found.items()}
    assert written == {
        "Pretoria" if row["partner"] == "Tshwane" else row["partner"]: row["instrument_fa"]
        for row in facts("tehran_ties")
    }


@pytest.mark.parametrize("name", [*IRAN[:2], IRAN[2], IRAN[4]])
def test_ties_are_counted_by_region_country_and_period(reader, name):
    result = reader.studied("iran-sister-cities-2018", name)
    expected = counts("iran-ties")
    regions = next(table for table in result.tables if table.id == "by-region")
    by_name = {row[0].shown.en: row[1].value for row in regions.rows if row[1].value}
    assert by_name == {**expected["by_region"], "Total": 70}
    countries = {row["country"]: row["ties"] for row in rows(result, "by-country")}
    assert countries == {**expected["by_country"], "total": 70}
    periods = [row["ties"] for row in rows(result, "by-period")]
    assert periods == [*(number for _, _, number, _ in expected["by_period"]), 40]
    rings = [row["ties"] for row in rows(result, "by-ring")]
    assert rings == [31, 23, 16, 70]


@pytest.mark.parametrize("name", TEHRAN)
def test_ties_are_counted_by_government_and_continent(reader, name):
    result = reader.studied("tehran-sister-cities-2018", name)
    expected = counts("tehran-ties")
    for table, wanted in (
        ("by-government", expected["by_administration"]),
        ("by-continent", expected["by_continent"]),
    ):
        made = next(each for each in result.tables if each.id == table)
        told = {row[0].shown.en: row[1].value for row in made.rows}
        assert {name: told[name] for name in wanted} == wanted
        assert told["Total"] == 26


@pytest.mark.parametrize("name", ["iran-ties-fa.txt", "iran-ties-en.txt", "iran-ties-fa.pdf"])
def test_members_of_networks_are_counted(reader, name):
    result = reader.studied("iran-sister-cities-2018", name)
    told = sorted(row["memberships"] for row in rows(result, "memberships")[:-1])
    members = counts("iran-ties")["network_members_in_iran"]
    assert told == sorted(len(cities) for cities in members.values())


@pytest.mark.parametrize("name", ["iran-ties-fa.txt", "iran-ties-en.txt"])
def test_what_agreements_deal_with_is_found_in_running_text(reader, name):
    result = reader.studied("iran-sister-cities-2018", name)
    told = {(row["city"], row["partner"]): set(row["themes"].split(", "))
            for row in rows(result, "themes")}  # fmt: skip
    lists = json.loads((EXPECTED / "lists.json").read_text(encoding="utf-8"))
    expected = {(row["city"], row["partner"]): set(row["themes"]) for row in lists["themes"]}
    assert {key: told.get(key) for key in expected} == expected


# -- what does not agree ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("study", "name", "code", "words"),
    [
        ("iran-sister-cities-2018", "iran-ties-fa.txt", "claim-differs", "62"),
        ("iran-sister-cities-2018", "iran-ties-fa.txt", "country-only-printed", "Kuwait"),
        ("iran-sister-cities-2018", "iran-ties-fa.txt", "country-only-counted", "Qatar"),
        ("iran-sister-cities-2018", "iran-ties-fa.txt", "date-differs", "Weimar"),
        ("iran-sister-cities-2018", "iran-ties-en.txt", "claim-differs", "45"),
        ("iran-sister-cities-2018", "iran-ties-en.txt", "total-differs", "71"),
        ("iran-sister-cities-2018", "iran-ties-en.txt", "country-only-printed", "Kuwait"),
        ("iran-sister-cities-2018", "iran-ties-en.txt", "name-differs", "Tshwane"),
        ("iran-sister-cities-2018", "fa-flattened.txt", "country-missing", "داکار"),
        ("iran-sister-cities-2018", "en-flattened.txt", "country-missing", "Nizwa"),
        ("tehran-sister-cities-2018", "tehran-ties-fa.txt", "claim-differs", "27"),
        ("tehran-sister-cities-2018", "tehran-ties-fa.txt", "date-differs", "Warsaw"),
        ("tehran-sister-cities-2018", "tehran-ties-en.txt", "claim-differs", "27"),
        ("tehran-sister-cities-2018", "tehran-ties-en.txt", "date-differs", "Ankara"),
        ("iran-kyrgyzstan-urban-diplomacy-2026", "trade-fa.txt", "total-differs", "294516288"),
        ("iran-kyrgyzstan-urban-diplomacy-2026", "trade-fa.txt", "outlier-factor", "711041820"),
        ("iran-kyrgyzstan-urban-diplomacy-2026", "trade-fa.txt", "unit-implausible", "million"),
        ("iran-kyrgyzstan-urban-diplomacy-2026", "trade-en.pdf", "total-differs", "294516288"),
        ("iran-kyrgyzstan-urban-diplomacy-2026", "trade-en.pdf", "outlier-factor", "711041820"),
    ],
)
def test_planted_contradictions_are_found(reader, study, name, code, words):
    findings = [each for each in reader.studied(study, name).findings if each.code == code]
    assert any(words in each.message.en for each in findings), [f.message.en for f in findings]
    for each in findings:
        assert each.evidence
        assert each.message.fa != each.message.en


def test_right_figures_in_the_text_are_no_findings(reader):
    result = reader.studied("iran-sister-cities-2018", "iran-ties-fa.txt")
    stated = {each.claim.id: [place.value for place in each.stated] for each in result.claims}
    assert stated["memoranda"] == [9]
    assert stated["dated"] == [40]
    assert stated["periphery"] == [31]
    assert stated["other-regions"] == [16]
    assert sum(each.code == "claim-differs" for each in result.findings) == 1


def test_the_trade_table_comes_out_cell_by_cell(reader):
    result = reader.studied("iran-kyrgyzstan-urban-diplomacy-2026", "trade-fa.txt")
    table = next(each for each in result.tables if each.id == "trade")
    told = [[cell.value for cell in row[1:3]] for row in table.rows]
    expected = [
        [int(row[name]) if row[name] else None for name in ("imports_usd", "exports_usd")]
        for row in facts("trade")
    ]
    assert told[: len(expected)] == expected
    blank = next(row for row in table.rows if row[1].value is None)
    assert blank[1].reason == "no-value"


def test_documents_of_one_corpus_are_held_together(reader):
    result = reader.studied("tehran-sister-cities-2018", "tehran-ties-fa.txt")
    told = {(each.code, each.message.en.split(":")[0]) for each in result.findings}
    assert ("date-differs", "Tehran - Seoul") in told
    assert ("name-differs", "Tehran - Pretoria") in told
    only = [each.message.en for each in result.findings if each.code == "partner-only-here"]
    assert any("Istanbul" in each for each in only)


@pytest.mark.parametrize(
    ("name", "least"), [("iran-kyrgyzstan-relations-fa.md", 0.7), ("opportunities-en.md", 0.6)]
)
def test_sections_are_found_by_their_clauses(reader, name, least):
    study = "iran-kyrgyzstan-relations-2022" if "relations" in name else "sister-city-opportunities"
    result = reader.studied(study, name)
    table = "dimensions" if "relations" in name else "sections"
    judged = [row["right"] for row in rows(result, table)]
    assert len(judged) >= 5
    assert sum(judged) / len(judged) >= least


def test_every_figure_of_a_count_has_its_places(reader):
    result = reader.studied("tehran-sister-cities-2018", "tehran-ties-fa.txt")
    text = reader.library.reading(result.documents[0]).extraction.text
    table = next(each for each in result.tables if each.id == "by-government")
    for row in table.rows[:-1]:
        assert len(row[1].evidence) >= (row[1].value or 0)
        for place in row[1].evidence:
            assert all(text[span.start : span.end].strip() for span in place.spans)


def test_a_study_without_its_document_says_what_it_looks_for(tmp_path):
    with make(tmp_path / "c", ["trade-en.pdf"]) as lone:
        with pytest.raises(NoDocumentError, match="Iranian cities"):
            run(load("iran-sister-cities-2018"), Library(lone))
        with pytest.raises(InputError, match="no document 9"):
            run(load("iran-sister-cities-2018"), Library(lone), documents=[9])


# -- files and commands ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(reader, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    result = reader.studied("tehran-sister-cities-2018", "tehran-ties-fa.txt")
    write(result, reader.corpus, folder)
    return folder


def test_tables_are_written_in_both_languages(written):
    for language, city in (("en", "Bishkek"), ("fa", "بیشکک")):
        raw = (written / "tables" / f"ties.{language}.csv").read_text(encoding="utf-8-sig")
        lines = list(csv.reader(io.StringIO(raw)))
        assert len(lines) == 27
        assert lines[0][-1] == "source"
        assert city in lines[1]
        assert re.fullmatch(r"\d+:\d+:\d+-\d+(?:; .*)?", lines[1][-1])
        markdown = (written / "tables" / f"ties.{language}.md").read_text(encoding="utf-8")
        assert markdown.count("\n|") == 28
        latex = (written / "tables" / f"ties.{language}.tex").read_text(encoding="utf-8")
        assert latex.count(r"\\") == 27
        book = written / "tables" / f"tehran-sister-cities-2018.{language}.xlsx"
        with zipfile.ZipFile(book) as parts:
            sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert ('rightToLeft="1"' in sheet) == (language == "fa")


def test_figures_are_written_and_shown(written):
    for name in ("map", "years", "continents"):
        for language in ("en", "fa"):
            assert (written / "figures" / f"{name}.{language}.png").read_bytes()[1:4] == b"PNG"
    assert (written / "index.html").read_text(encoding="utf-8").count("<img ") == 6


def test_every_link_of_the_page_has_its_target(written):
    page = (written / "index.html").read_text(encoding="utf-8")
    targets = set(re.findall(r"id=\"?([\w-]+)", page))
    links = set(re.findall(r'href="#([\w-]+)"', page))
    assert links
    assert links <= targets


def test_the_text_of_a_study_has_its_figures(reader, tmp_path):
    result = reader.studied("tehran-sister-cities-2018", "tehran-ties-fa.txt")
    assert result.text is not None
    assert result.text.en.startswith("Tehran signed 26 documents: 4 under")
    assert result.text.fa.startswith("تهران ۲۶ سند امضا کرده است: ۴ سند")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        "id: wrong\nversion: 1\ntitle: {en: W, fa: و}\ntables: []\n"
        "text: {en: '{gone}', fa: '{gone}'}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match='line 5: the text names the table "gone"'):
        load(str(wrong))


def test_the_result_is_kept_for_programs(written):
    result = json.loads((written / "result.json").read_text(encoding="utf-8"))
    ties = result["tables"]["ties"]
    assert ties["columns"] == ["partner", "country", "instrument", "kind", "date"]
    assert len(ties["rows"]) == len(ties["evidence"]) == 26
    assert {each["code"] for each in result["findings"]} >= {"claim-differs", "date-differs"}


def test_study_commands(reader, tmp_path):
    runner = CliRunner()
    listed = runner.invoke(app, ["study", "list", "--json"])
    assert [each["id"] for each in json.loads(listed.stdout)] == study_names()
    shown = runner.invoke(app, ["study", "show", "tehran-sister-cities-2018"])
    mine = tmp_path / "mine.yaml"
    mine.write_text(shown.stdout.replace("id: tehran-sister-cities-2018", "id: mine"), "utf-8")
    number = reader.number("tehran-ties-en.txt")
    command = ["--corpus", str(reader.corpus.folder), "study", "run", str(mine)]
    done = runner.invoke(
        app, [*command, "--document", str(number), "--to", str(tmp_path / "out"), "--json"]
    )
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert len(result["tables"]["ties"]["rows"]) == 26
    assert (tmp_path / "out" / "mine" / "index.html").is_file()


# -- the small parts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("بیست و هفت پیوند", ["بیست و هفت"]),
        ("بیست‌وشش پیوند و ۴ سند", ["بیست‌وشش", "۴"]),
        ("twenty-six ties, 27 of them", ["twenty-six", "27"]),
        ("ماده ۳.۲ و 12/5", []),
        ("یکی از شهرها", []),
    ],
)
def test_numbers_in_figures_and_words(text, numbers):
    assert [match[0] for match in _NUMBER.finditer(text)] == numbers


@pytest.mark.parametrize(
    ("span", "years", "fits"),
    [
        ((1989, 1996), [1989, 1997], True),
        ((1989, 1996), [1989, 1996], True),
        ((1989, 1996), [1979, 1989], False),
        ((None, 1978), [1979], True),
        ((2014, None), [2013], True),
        ((1997, 2004), [1999], False),
    ],
)
def test_printed_years_name_a_period(span, years, fits):
    assert _fits(span, years) is fits


def test_lines_turned_at_their_numbers_are_read_in_order():
    line = "مورد از  16مورد و سایر مناطق  23آسیای شرقی"
    assert unturned(line).split()[:3] == ["آسیای", "شرقی", "23"]
    assert sorted(span.start for span in pieces(line))[0] == 0
    assert sum(span.end - span.start for span in pieces(line)) == len(line)
    for plain in ("در سال ۱۳۹۷ میلادی", "پایتخت۱ ایران", "Tehran 2018", ""):
        assert pieces(plain) == (Span(0, len(plain)),)


@pytest.mark.parametrize(
    ("turned", "right"),
    [
        ("تیریمد", "مدیریت"),
        ("یپلماسید", "دیپلماسی"),
        ("هایفرصت", "فرصتهای"),
        ("المللیبین", "بینالمللی"),
        ("ایران", "ایران"),
        ("میان", "میان"),
        ("بیشکک", "بیشکک"),
    ],
)
def test_words_turned_at_their_letters_are_put_right(turned, right):
    assert mended_words(turned) == right


def _clause(ordinal: int, text: str, heading: str | None) -> Clause:
    return Clause(str(ordinal), ordinal, "sentence", None, heading, text, "en", 1,
                  (Span(ordinal, ordinal + 1),))  # fmt: skip


def test_headings_run_into_paragraphs_open_sections():
    clauses = [
        _clause(0, "**Economic relations:** Trade grew.", "Relations"),
        _clause(1, "Exports rose: by half.", "Relations"),
        _clause(2, "**Cultural relations:** A week of film.", "Relations"),
        _clause(3, "The end.", "Conclusion"),
    ]
    found = [(each.heading, len(each.clauses)) for each in sections(clauses)]
    assert found == [
        ("Economic relations", 1),
        ("Exports rose", 1),
        ("Cultural relations", 1),
        ("Conclusion", 1),
    ]


# -- what must be no finding, and what must not break ----------------------------------------------

CLAIM = Claim("all", Both("All", "همه"), "ties", Where(), (("", "ties in all"), ("", "پیوند با")))


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("There are 62 ties in all.", [(62, False)]),
        ("There are more than 62 ties in all.", [(62, True)]),
        ("Moreover, 62 ties in all were made.", [(62, False)]),
        ("Since 2004 there are many ties in all parts.", []),
        ("About 12–15 ties in all.", []),
        ("Some 42% of ties in all.", []),
        ("One hundred and twenty ties in all.", []),
        ("There were 9. Ties in all parts.", []),
        ("تهران بیش از ۳۰ پیوند با آسیا دارد.", [(30, True)]),
        ("تهران بيش از ۳۰ پیوند با آسیا دارد.", [(30, True)]),
        ("تهران بیست و هفت پیوند با آسیا دارد.", [(27, False)]),
        ("بیست و ششمین پیوند با آسیا", []),
        ("صد و بیست پیوند با آسیا", []),
        ("در سال ۱۳۸۰ پیوند با آسیا بسته شد.", []),
        ("تهران ۱۲پیوند با آسیا دارد.", [(12, False)]),
    ],
)
def test_only_counts_are_taken_for_counts(text, stated):
    checked = check(CLAIM, 62, (), [reading_of(text)])
    assert [(each.value, each.more_than) for each in checked.stated] == stated


TABLE = (
    "Table 1. Ties of Shiraz\n\nPartner\tCountry\tKind\tYear\n"
    "Weimar\tGermany\tSister city\t2009\nPécs\tHungary\tSister city\t2016\n"
    "Dushanbe\tTajikistan\tSister city\t1980\nChongqing\tChina\tSister city\t2005\n\n"
)


def _held(printed: str):
    reading = reading_of(TABLE + printed)
    ties = merged(reading.ties.found, gazetteer())
    counts_made = counted(ties, ["country"], gazetteer())
    return held_against("by-country", "country", counts_made, [reading], gazetteer())


def test_a_printed_table_in_which_all_is_wrong_is_told():
    (held,) = _held(
        "Table 2. Ties by country\n\nRank\tCountry\tNumber of ties\n"
        "1\tGermany\t4\n2\tHungary\t5\n3\tTajikistan\t6\n4\tChina\t7\n"
    )
    assert held.same == 0
    assert {cell.printed.value for cell in held.cells} == {4, 5, 6, 7}


def test_misread_years_are_no_counts():
    assert not _held(
        "Table 2. Partners\n\nCity\tCountry\tDate\n"
        "Weimar\tGermany\t9101\nPécs\tHungary\t2111\nDushanbe\tTajikistan\t9119\n"
        "Chongqing\tChina\t2119\n"
    )


def test_years_behind_countries_are_no_counts():
    assert not _held("Partners: Germany (2009), Hungary (2016), Tajikistan (1980), China (2005).\n")


@pytest.mark.parametrize("name", ["opportunities-fa.txt", "opportunities-en.md"])
def test_a_study_finds_nothing_wrong_where_nothing_is(reader, name):
    result = reader.studied("sister-city-opportunities", name)
    codes = {each.code for each in result.findings}
    assert not codes & {"count-differs", "claim-differs", "total-differs", "outlier-factor"}


HOSTILE = (
    "Table 1. Ties of Shiraz <script>alert(1)</script>\n\nPartner\tCountry\tKind\tYear\n"
    "Weimar\tGermany\t=cmd|' /C calc'!A0 sister city\t2009\n"
    "Pécs\tHungary\t[x](javascript:alert(1)) sister city \u202egnp\t2016\n"
)


def test_hostile_text_stays_text_in_every_file(tmp_path):
    source = tmp_path / "hostile.txt"
    source.write_text(HOSTILE, encoding="utf-8")
    study = tmp_path / "mine.yaml"
    study.write_text(
        "id: mine\nversion: 1\ntitle: {en: M, fa: م}\ntables:\n"
        "  - {id: ties, title: {en: T, fa: ت}, list: ties, columns: [instrument]}\n"
        "  - {id: nets, title: {en: N, fa: ش}, list: memberships}\n"
        "figures:\n  - {id: nowhere, draw: map, table: nets}\n",
        encoding="utf-8",
    )
    with Corpus.create(tmp_path / "c") as opened:
        ingest.add(opened, [source], jobs=1)
        result = run(load(str(study)), Library(opened))
        write(result, opened, tmp_path / "out")
    assert len(rows(result, "ties")) == 2
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "\u202e" not in page
    tables = tmp_path / "out" / "tables"
    for suffix in ("md", "tex"):
        text = (tables / f"ties.en.{suffix}").read_text(encoding="utf-8")
        assert "\u202e" not in text
        assert "](javascript" not in text
    raw = (tables / "ties.en.csv").read_text(encoding="utf-8-sig")
    assert all(not cell.startswith("=") for row in csv.reader(io.StringIO(raw)) for cell in row)
    done = CliRunner().invoke(
        app, ["--corpus", str(tmp_path / "c"), "study", "run", str(study), "--to", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output


def test_places_inside_each_other_keep_their_links(tmp_path):
    source = tmp_path / "a.txt"
    source.write_text(
        "Shiraz and Weimar signed a sister city agreement in 2009, one of 3 ties in all.\n",
        encoding="utf-8",
    )
    study = tmp_path / "mine.yaml"
    study.write_text(
        "id: mine\nversion: 1\ntitle: {en: M, fa: م}\ntables:\n"
        "  - {id: findings, title: {en: T, fa: ت}, list: ties}\n"
        "claims:\n  - {id: all, of: {count: ties}, says: ['# ties in all']}\n",
        encoding="utf-8",
    )
    with Corpus.create(tmp_path / "c") as opened:
        ingest.add(opened, [source], jobs=1)
        write(run(load(str(study)), Library(opened)), opened, tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    ids = re.findall(r'id="?([\w-]+)', page)
    assert set(re.findall(r'href="#([\w-]+)"', page)) <= set(ids)
    assert len(ids) == len(set(ids))
