from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.codings import CodedClause, read_coded, write_coded
from textmine.errors import InputError

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
