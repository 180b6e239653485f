from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine import codebook
from textmine.errors import CodebookError

GOOD = """\
id: themes
version: 2
unit: clause
multi_label: true
codes:
  - id: cultural
    name: {en: Cultural, fa: فرهنگی}
    core: true
    definition: Culture as
      a subject.
    include: Festivals.
    exclude: Worship.
    keywords:
      en: [culture, exhibition of art]
      fa: [فرهنگ]
    not_in:
      en: [cell culture]
  - id: film-and-media
    name: {en: Film, fa: فیلم}
    definition: Film.
    parent: cultural
"""


def faults(source: str) -> str:
    with pytest.raises(CodebookError) as caught:
        codebook.parse(source, "book.yaml")
    return str(caught.value)


def test_every_part_of_a_code_is_read():
    book = codebook.parse(GOOD)
    cultural, film = book.codes
    assert (book.id, book.version, book.reference) == ("themes", 2, "themes@2")
    assert cultural.name == {"en": "Cultural", "fa": "فرهنگی"}
    assert cultural.definition == {"en": "Culture as a subject."}
    assert (cultural.include, cultural.exclude, cultural.core) == ("Festivals.", "Worship.", True)
    assert cultural.keywords == {"en": ("culture", "exhibition of art"), "fa": ("فرهنگ",)}
    assert cultural.not_in == {"en": ("cell culture",)}
    assert cultural.parent is None
    assert (film.parent, film.keywords, film.core) == ("cultural", {}, False)


def test_the_shipped_codebook_has_the_twelve_codes_and_nothing_to_warn_of():
    book = codebook.shipped()
    assert len(book.codes) == 12
    assert [code.id for code in book.codes if code.core] == [
        "cultural",
        "economic",
        "political",
        "non-interference",
    ]
    assert codebook.warnings(book) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("id: themes\n", "", 1, 'The codebook has no "id"'),
        ("id: themes", "id: My Themes", 1, 'the id is "My Themes"'),
        ("id: themes", "id: 7", 1, "the id is 7 (a number)"),
        ("version: 2", "version: '2'", 2, 'version is "2"'),
        ("version: 2", "version: 1.5", 2, "version is 1.5"),
        ("version: 2", "version: 0", 2, "write a whole number from 1"),
        ("version: 2", "version: true", 2, "true or false"),
        ("version: 2\n", "", 1, 'no "version"'),
        ("unit: clause", "unit: page", 3, '"unit" can only be clause'),
        ("multi_label: true", "multi_label: false", 4, '"multi_label" can only be true'),
        ("unit: clause", "colour: red", 3, 'unknown key "colour"'),
        ("unit: clause", "version: 3", 3, '"version" twice (first at line 2)'),
        ("id: cultural", "id: Cultural_1", 6, "small Latin letters"),
        ("id: film-and-media", "id: cultural", 18, 'Code "cultural" stands already at line 6'),
        ("name: {en: Cultural, fa: فرهنگی}", "name: {en: Cultural}", 7, 'no name in "fa"'),
        ("name: {en: Cultural, fa: فرهنگی}", 'name: {en: "", fa: ب}', 7, 'name in "en" is empty'),
        ("name: {en: Cultural, fa: فرهنگی}", "name: Cultural", 7, "its name is"),
        ("    name: {en: Film, fa: فیلم}\n", "", 18, 'Code "film-and-media" has no "name"'),
        ("definition: Film.", 'definition: " "', 20, '"definition" is empty'),
        ("    definition: Film.\n", "", 18, 'no "definition"'),
        ("definition: Film.", "definition: [Film]", 20, '"definition" is a list'),
        ("definition: Film.", "definitions: Film.", 20, 'unknown key "definitions"'),
        ("core: true", "core: often", 8, '"core" is "often"'),
        ("fa: [فرهنگ]", "fa: فرهنگ", 15, 'in "fa" is text; write a list'),
        ("fa: [فرهنگ]", "de: [Kultur]", 15, 'unknown key "de"'),
        ("en: [culture,", "en: [no,", 14, 'write it in quotes ("no")'),
        ("en: [culture,", "en: [1997,", 14, "is a number, not text"),
        ("en: [culture,", "en: [[culture],", 14, "is a list, not text"),
        ("en: [culture,", 'en: ["-",', 14, "has no letters"),
        ("en: [culture,", "en: [cul*ture,", 14, "it can only end a word"),
        ("en: [cell culture]", "en: cell culture", 17, '"not_in" in "en" is text'),
        ("parent: cultural", "parent: nothing", 21, 'parent "nothing", which is no code here'),
        ("parent: cultural", "parent: film-and-media", 21, "circle"),
        ("codes:", "themes:", 1, 'no "codes"'),
    ],
)
def test_a_fault_is_named_with_its_line_and_code(old, new, line, said):
    assert old in GOOD
    told = faults(GOOD.replace(old, new, 1))
    assert f"  line {line}: " in told
    assert said in told


def test_all_faults_are_told_at_once_in_the_order_of_lines():
    broken = GOOD.replace("version: 2", "version: two").replace("core: true", "core: 7")
    told = faults(broken.replace("parent: cultural", "parent: art")).splitlines()
    assert told[0] == "book.yaml has 3 faults:"
    assert [line.split(":")[0].strip() for line in told[1:]] == ["line 2", "line 8", "line 21"]


def test_a_circle_of_parents_is_told_once_and_names_its_way():
    source = "id: a\nversion: 1\ncodes:\n"
    for one, parent in (("x", "y"), ("y", "z"), ("z", "x"), ("w", "x")):
        source += f"  - {{id: {one}, name: {{en: a, fa: ب}}, definition: d, parent: {parent}}}\n"
    told = faults(source)
    assert told.splitlines()[0] == "book.yaml has 1 fault:"
    assert "x → y → z → x" in told


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "book.yaml is empty"),
        ("# only a comment\n", "book.yaml is empty"),
        ("id: [\n", "line 2, column 1: this is not YAML"),
        ("id: x\n\tversion: 1", "line 2, column 1"),
        ("id: x\n---\nid: y\n", "this is not YAML"),
        ("\x00", "this is not YAML"),
        ("[" * 5000, "nested too deeply"),
        ("- just a list", "The codebook is a list"),
        ("codes: {a: b}", '"codes" is a list of key: value'),
        ("codes: [cultural]", 'Code number 1 is "cultural"'),
        ("codes: [{}]", "Code number 1 is empty"),
        ("id: !!python/object/apply:os.system [x]", 'no "version"'),
    ],
)
def test_what_is_no_codebook_is_refused(source, said):
    assert said in faults(source)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path):
    with pytest.raises(CodebookError, match="cannot be opened"):
        codebook.load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("id: caf\u00e9".encode("latin-1"))
    with pytest.raises(CodebookError, match=r"not UTF-8 \(byte 7\)"):
        codebook.load(tmp_path / "latin.yaml")
    with pytest.raises(CodebookError, match="It ships: agreement_themes"):
        codebook.shipped("nothing")


def test_a_byte_order_mark_is_no_part_of_the_codebook(tmp_path: Path):
    (tmp_path / "book.yaml").write_text(GOOD, encoding="utf-8-sig")
    assert codebook.load(tmp_path / "book.yaml") == codebook.parse(GOOD)


def test_the_digest_follows_content_and_not_layout():
    book = codebook.parse(GOOD)
    laid_out = GOOD.replace(
        "[culture, exhibition of art]", "\n      - culture\n      - 'exhibition of art'"
    )
    assert codebook.parse("# comment\n" + laid_out).digest == book.digest
    for old, new in (("Festivals.", "Fairs."), ("version: 2", "version: 3"), ("[فرهنگ]", "[هنر]")):
        assert codebook.parse(GOOD.replace(old, new)).digest != book.digest


def test_what_a_coder_should_look_at_is_a_warning():
    source = GOOD.replace("[culture, exhibition of art]", "[culture, Culture, فرهنگ]").replace(
        "definition: Film.", "definition: Film.\n    keywords: {en: [film, culture], fa: [فیلم]}"
    )
    told = "\n".join(codebook.warnings(codebook.parse(source)))
    assert 'Keyword "culture" (en) stands under "cultural" and "film-and-media"' in told
    assert 'Keyword "culture" (en) stands twice under one code' in told
    assert 'keyword "فرهنگ" under "en" holds letters of another script' in told
    assert 'Code "film-and-media" has no keywords in "en"' in "".join(
        codebook.warnings(codebook.parse(GOOD))
    )


@given(st.text(max_size=60), st.integers(min_value=0, max_value=len(GOOD)))
def test_any_text_put_into_a_codebook_is_read_or_refused(noise: str, place: int):
    source = GOOD[:place] + noise + GOOD[place:]
    try:
        book = codebook.parse(source)
    except CodebookError:
        return
    assert all(code.id and code.definition for code in book.codes)
