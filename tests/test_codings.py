from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_corpus import machine_reads, uncoded_corpus, upgrade

from textmine.codebook import load
from textmine.codings import (
    CodedClause,
    coded_in,
    decided,
    read_coded,
    standing_in,
    take_in,
    with_text,
    write_coded,
)
from textmine.errors import CorpusError, InputError
from textmine.store.corpus import Corpus

LINE = {
    "document": "agreements/a.pdf",
    "clause": "c1",
    "language": "en",
    "text": "The Parties shall hold a festival.",
    "codes": ["cultural"],
    "coder": "person:rater-a",
    "codebook": "themes@1",
}


def written(path: Path, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def test_lines_are_read_in_order_and_empty_lines_passed(tmp_path: Path):
    file = written(
        tmp_path / "a.jsonl", LINE, "", {**LINE, "clause": "c2", "codes": [], "memo": "?"}
    )
    first, second = read_coded(file)
    assert first == CodedClause(
        "agreements/a.pdf",
        "c1",
        "en",
        "The Parties shall hold a festival.",
        ("cultural",),
        "person:rater-a",
        "themes@1",
    )
    assert (second.clause, second.codes, second.memo) == ("c2", (), "?")


def without(name: str) -> dict[str, object]:
    return {key: value for key, value in LINE.items() if key != name}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "this is not JSON"),
        ("[1]", "this is list, not an object"),
        (without("coder"), "coder missing"),
        ({**LINE, "note": "x"}, "unknown name note"),
        ({**LINE, "codes": "cultural"}, 'codes is "cultural"'),
        ({**LINE, "codes": [1]}, "codes is [1]"),
        ({**LINE, "codes": [""]}, 'codes is [""]'),
        ({**LINE, "codes": ["a", "a"]}, "each code can stand there once"),
        ({**LINE, "language": "de"}, 'language is "de"'),
        ({**LINE, "text": None}, "text is null"),
        ({**LINE, "memo": 3}, "memo is 3"),
        ({**LINE, "clause": " "}, "clause is empty"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_its_value(tmp_path: Path, line, said):
    file = written(tmp_path / "a.jsonl", {**LINE, "clause": "c0"}, line)
    with pytest.raises(InputError) as caught:
        read_coded(file)
    assert f"{file}, line 2: " in str(caught.value)
    assert said in str(caught.value)


def test_one_coder_decides_once_on_a_clause_and_two_coders_may_differ(tmp_path: Path):
    other = {**LINE, "coder": "person:rater-b", "codes": []}
    assert len(read_coded(written(tmp_path / "two.jsonl", LINE, other))) == 2
    with pytest.raises(InputError, match=r'line 3: clause "c1".* at line 1 already'):
        read_coded(written(tmp_path / "again.jsonl", LINE, other, LINE))


def test_a_file_that_is_not_there_or_not_utf8_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="cannot be opened"):
        read_coded(tmp_path / "none.jsonl")
    (tmp_path / "bad.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        read_coded(tmp_path / "bad.jsonl")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path):
    file = tmp_path / "a.jsonl"
    one = CodedClause("d", "c", "en", "t", (), "person:a", "b@1")
    write_coded(file, [one])
    with pytest.raises(InputError, match="cannot be written"):
        write_coded(tmp_path / "no folder" / "a.jsonl", [one])
    with pytest.raises(InputError, match=r"clause 'c' holds half a character \('.ud800'\)"):
        write_coded(file, [CodedClause("d", "c", "en", "\ud800", (), "person:a", "b@1")])
    assert read_coded(file) == [one]
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


some_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@given(
    st.lists(
        st.builds(
            CodedClause,
            document=some_text,
            clause=some_text,
            language=st.sampled_from(["fa", "en", "und"]),
            text=st.text(st.characters(exclude_categories=["Cs"])),
            codes=st.lists(some_text, unique=True).map(tuple),
            coder=some_text,
            codebook=some_text,
            memo=st.text(st.characters(exclude_categories=["Cs"])),
        ),
        unique_by=lambda one: (one.document, one.clause, one.coder),
        max_size=4,
    )
)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, coded):
    file = tmp_path_factory.mktemp("codings") / "a.jsonl"
    write_coded(file, coded)
    assert read_coded(file) == coded


HEADS = "document,clause,language,text,codes,coder,codebook,memo"
ROW = "a.pdf,c1,en,A festival.,cultural; trade,person:a,themes@1,"


def sheet(tmp_path: Path, *rows: str, end: str = "\r\n", mark: str = "") -> Path:
    file = tmp_path / "a.CSV"
    file.write_text(mark + end.join(rows), encoding="utf-8", newline="")
    return file


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables_of_all_spreadsheet_programs_are_read(tmp_path: Path, delimiter, mark, end):
    cells = ["a.pdf", "c1", "fa", '"دو, خط;\nبا ""گیومه"""', '"a; b"', "person:a", "t@1", "'=x"]
    empty = delimiter * 7
    rows = [HEADS.upper().replace(",", delimiter), empty, delimiter.join(cells), ""]
    (one,) = read_coded(sheet(tmp_path, *rows, end=end, mark=mark))
    text = 'دو, خط;\nبا "گیومه"'
    assert one == CodedClause("a.pdf", "c1", "fa", text, ("a", "b"), "person:a", "t@1", "=x")


@pytest.mark.parametrize("cell", ["a;b", " a ; b ;", "a؛ b", "a، b", '"a, b"', '"a\nb"'])
def test_codes_are_parted_as_people_part_them(tmp_path: Path, cell):
    file = sheet(tmp_path, HEADS, ROW.replace("cultural; trade", cell))
    assert read_coded(file)[0].codes == ("a", "b")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((HEADS.replace(",coder", ""), ROW), "row 2: coder missing|row 2: the cell"),
        ((HEADS.replace("memo", "remark"), ROW + "x"), "row 2: unknown name remark"),
        ((HEADS.replace("memo", "text"), ROW), "row 1: the column text is there twice"),
        ((HEADS, ROW, ROW + ",x"), 'row 3: the cell "x" stands under no heading'),
        ((HEADS, ROW, ROW), "row 3: .* at row 2 already"),
        ((HEADS, ROW.replace(",en,", ",de,")), 'row 2: language is "de"'),
        ((HEADS, ROW.replace(",en,", ",,")), 'row 2: language is ""'),
        ((HEADS, ROW.replace("trade", "cultural")), "row 2: .* each code can stand there once"),
        ((HEADS, 'a.pdf,c1,en,"A'), "line 2: .*quotation mark"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_value(tmp_path: Path, rows, said):
    with pytest.raises(InputError, match=said):
        read_coded(sheet(tmp_path, *rows))


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        (HEADS, ROW.replace("en,A festival.", ",")),
        ("document,clause,codes,coder,codebook", "a.pdf,c1,cultural; trade,person:a,themes@1"),
    ],
)
def test_where_clauses_are_known_elsewhere_language_and_text_may_be_missing(tmp_path, heads, row):
    file = sheet(tmp_path, heads, row)
    (one,) = read_coded(file, bare=True)
    assert (one.language, one.text, one.codes) == ("und", "", ("cultural", "trade"))
    with pytest.raises(InputError):
        read_coded(file)


def test_a_file_can_be_read_as_one_coder_s(tmp_path: Path):
    file = sheet(tmp_path, HEADS, ROW.replace("person:a", ""))
    assert read_coded(file, coder="person:b")[0].coder == "person:b"
    with pytest.raises(InputError, match="coder is empty"):
        read_coded(file)


def test_a_table_runs_nothing_and_shows_persian(tmp_path: Path):
    file = tmp_path / "a.csv"
    memos = ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "'=1", "'tis", "1=1"]
    coded = [
        CodedClause("d", f"c{number}", "fa", "متن", (), "p", "t@1", memo)
        for number, memo in enumerate(memos)
    ]
    write_coded(file, coded)
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf" + HEADS.encode() + b"\r\n")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        cells = [row["memo"] for row in csv.DictReader(lines)]
    assert cells == ["'=1+1", "'+1", "'-1", "'@a", "'\tx", "'\rx", "''=1", "'tis", "1=1"]
    assert read_coded(file) == coded


@pytest.mark.parametrize("code", ["a;b", "a,b", "a، b", " a"])
def test_a_code_that_a_table_would_cut_is_refused(tmp_path: Path, code):
    with pytest.raises(InputError, match="cannot stand in a table"):
        write_coded(tmp_path / "a.csv", [CodedClause("d", "c", "fa", "t", (code,), "p", "t@1")])
    assert list(tmp_path.iterdir()) == []


any_text = st.text(st.characters(exclude_categories=["Cs"]))
risky = st.text(st.sampled_from("=+-@'\t\r\n;,\"\u200c\ufeff aن"))


@given(
    st.lists(
        st.builds(
            CodedClause,
            document=some_text,
            clause=some_text,
            language=st.sampled_from(["fa", "en", "und"]),
            text=any_text | risky,
            codes=st.lists(st.from_regex("[a-z][a-z0-9-]*", fullmatch=True), unique=True).map(
                tuple
            ),
            coder=some_text,
            codebook=some_text,
            memo=any_text | risky,
        ),
        unique_by=lambda one: (one.document, one.clause, one.coder),
        max_size=4,
    )
)
def test_what_is_written_to_a_table_is_read_back(tmp_path_factory, coded):
    file = tmp_path_factory.mktemp("codings") / "a.csv"
    write_coded(file, coded)
    assert read_coded(file) == coded


# -- the corpus ------------------------------------------------------------------------------------


@pytest.fixture
def corpus(tmp_path: Path):
    with uncoded_corpus(tmp_path / "c") as own:
        yield own


def decisions(corpus: Corpus, *codes: str, coder: str = "a", place: int = 0) -> CodedClause:
    """What a coder said of one clause of the corpus."""
    stored = list(corpus.catalogue.clauses())[place]
    text = stored.clause.text
    return CodedClause("x", stored.clause.id, "en", text, codes, coder, "test@1")


def test_a_decision_is_taken_in_once_and_the_last_one_stands(corpus):
    book = load(corpus.codebook_file)
    catalogue = corpus.catalogue
    first = take_in(catalogue, [decisions(corpus, "cultural")], book)
    codes = len(book.codes)
    assert (first.new, first.changed, first.unchanged, first.decisions) == (1, 0, 0, codes)
    again = take_in(catalogue, [decisions(corpus, "cultural", coder="person:a")] * 2, book)
    assert (again.new, again.changed, again.unchanged, again.decisions) == (0, 0, 2, 0)
    changed = take_in(catalogue, [decisions(corpus, "economic")], book)
    assert (changed.changed, changed.decisions) == (1, 2)
    assert len(catalogue.codings(coder="person:a")) == codes + 2
    (one,) = coded_in(catalogue, book)
    assert (one.codes, one.coder, one.codebook) == (("economic",), "person:a", "test@1")


def test_an_empty_decision_is_a_decision_and_a_memo_stays_until_another(corpus):
    book = load(corpus.codebook_file)
    bare = decisions(corpus)
    for memo, changed in (("why", 0), ("", 0), ("because", 1), ("because", 0)):
        taken = take_in(corpus.catalogue, [replace(bare, memo=memo)], book)
        assert taken.changed == changed
    (one,) = coded_in(corpus.catalogue, book)
    assert (one.codes, one.memo) == ((), "because")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"clause": "gone"}, "The corpus has no such clause"),
        ({"codes": ("Cultural",)}, 'no code "Cultural"; write cultural?'),
        ({"codes": ("economics",)}, 'no code "economics"; write economic?'),
        ({"codes": ("zzz",)}, "known are"),
        ({"codebook": "test@7"}, "coded by test@7; the corpus has test@1"),
        ({"coder": "model:m"}, 'coder "model:m" is no person'),
        ({"coder": "person:"}, "is no person"),
        ({"text": "Of another clause."}, "Its text is another one"),
    ],
)
def test_a_fault_stops_everything_or_is_left_out(corpus, change, said):
    book = load(corpus.codebook_file)
    good = decisions(corpus, "cultural")
    bad = replace(decisions(corpus, place=1), **change)
    with pytest.raises(InputError, match="1 of 2 coded clauses cannot") as caught:
        take_in(corpus.catalogue, [good, bad], book)
    assert said in str(caught.value)
    assert bad.clause in str(caught.value)
    assert coded_in(corpus.catalogue, book) == []
    taken = take_in(corpus.catalogue, [good, bad], book, skip_faulty=True)
    assert (taken.new, taken.refused, [fault.clause for fault in taken.faults]) == (
        1,
        1,
        [bad.clause],
    )


def test_two_ways_of_one_coder_are_both_refused(corpus):
    book = load(corpus.codebook_file)
    two = [decisions(corpus, "cultural"), decisions(corpus, "economic", coder="person:a")]
    assert take_in(corpus.catalogue, two, book, skip_faulty=True).refused == 2
    assert coded_in(corpus.catalogue, book) == []


def test_all_faults_are_told_together(corpus):
    book = load(corpus.codebook_file)
    bad = [replace(decisions(corpus, "zz"), clause=f"g{number}") for number in range(12)]
    bad.append(replace(decisions(corpus), coder="model:m"))
    with pytest.raises(InputError, match=r"13 of 13(.|\n)* g9 and 2 more: (.|\n)*model:m"):
        take_in(corpus.catalogue, bad, book)


def test_a_text_that_a_spreadsheet_changed_a_little_is_the_same(corpus):
    book = load(corpus.codebook_file)
    one = decisions(corpus)
    for text in ("", one.text.replace(" ", "\r\n"), f" {one.text}\u200c"):
        take_in(corpus.catalogue, [replace(one, text=text)], book)


def test_without_its_codebook_a_corpus_takes_nothing(corpus):
    book = replace(load(corpus.codebook_file), version=3)
    with pytest.raises(CorpusError, match="test@3 yet; store it first"):
        take_in(corpus.catalogue, [], book)


def test_the_corpus_s_coded_clauses_are_those_that_each_coder_read(corpus):
    book = load(corpus.codebook_file)
    machine_reads(corpus, 1, {"cultural": [0]}, reference="test@1")
    upgrade(corpus)
    machine_reads(corpus, 2)
    take_in(corpus.catalogue, [decisions(corpus, "economic", coder="b", place=1)], book)
    clauses = [stored.clause.id for stored in corpus.catalogue.clauses(document=1)]
    found = coded_in(corpus.catalogue, book)
    machine = [one for one in found if one.coder.startswith("dictionary")]
    assert [one.clause for one in machine] == clauses
    assert [one.codes for one in machine] == [("cultural",), *[()] * (len(clauses) - 1)]
    assert coded_in(corpus.catalogue, book, ["person:b"]) == [
        one for one in found if one.coder == "person:b"
    ]
    stands = {one.clause: one.coder for one in standing_in(corpus.catalogue, book)}
    assert stands == {
        clause: "person:b" if clause == clauses[1] else "dictionary:test@2" for clause in clauses
    }
    assert {one.document for one in found} == {"1.pdf"}


def test_text_left_out_of_a_file_comes_from_the_corpus(corpus):
    full = decisions(corpus)
    bare = replace(full, text="", language="und")
    gone = replace(bare, clause="gone")
    known = next(iter(corpus.catalogue.clauses())).clause
    assert with_text(corpus.catalogue, [bare, gone]) == [
        replace(full, language=known.language),
        gone,
    ]


# -- deciding --------------------------------------------------------------------------------------

A = CodedClause("a.pdf", "c1", "en", "t", (), "person:a", "t@1")


@pytest.mark.parametrize(
    ("votes", "codes"),
    [
        ({"person:a": "x"}, "x"),
        ({"person:a": "x", "person:b": "x"}, "x"),
        ({"person:a": "x", "person:b": "y"}, None),
        ({"person:a": "xy", "person:b": "x"}, None),
        ({"person:a": "xy", "person:b": "x", "person:c": ""}, "x"),
        ({"person:a": "xy", "person:b": "x", "person:agreed": "y"}, "y"),
        ({"language-model:a": "x", "language-model:b": "", "agreed": "x"}, "x"),
        ({"person:a": "x", "model:m": "", "dictionary:d": ""}, "x"),
        ({"model:m": "x", "dictionary:d": ""}, "x"),
    ],
)
def test_the_majority_of_those_who_count_decides(votes, codes):
    coded = [replace(A, coder=coder, codes=tuple(said)) for coder, said in votes.items()]
    found = decided(coded)
    if codes is None:
        assert found.coded == ()
        assert "of 2 coders applied" in found.left_out[0].said
    else:
        assert ["".join(one.codes) for one in found.coded] == [codes]
        assert found.left_out == ()


def test_one_clause_has_one_codebook():
    with pytest.raises(InputError, match=r"several codebooks \(t@1, t@2\)"):
        decided([A, replace(A, coder="person:b", codebook="t@2")])
