"""The field ``coded`` of the query language: read or not, by whom, with which code."""

from __future__ import annotations

from pathlib import Path

import pytest

from textmine.records import Coding
from textmine.search import Index, QueryError
from textmine.store.corpus import Corpus

SARA = "person:sara"


@pytest.fixture
def read_by_two(corpus: Path) -> Corpus:
    """Sara has read three clauses of a document: one cultural, one first so and then not, one
    without a code. All of them were coded by keywords before."""
    opened = Corpus.open(corpus)
    catalogue = opened.catalogue
    book = catalogue.codings()[0].codebook
    document = next(each.id for each in catalogue.documents() if each.state == "done")
    first, second, third = (
        each.clause.id for each in list(catalogue.clauses(document=document))[:3]
    )
    catalogue.add_codings(
        document,
        [
            Coding(clause, "cultural", SARA, book, applied, f"2026-01-0{day}")
            for day, (clause, applied) in enumerate(
                [(first, True), (second, True), (second, False), (third, False)], 1
            )
        ],
    )
    return opened


def test_what_was_read_and_what_was_given(read_by_two: Corpus) -> None:
    with read_by_two as opened:
        index = Index.of(opened)
        every = index.counted("document:1..")
        found = {
            value: index.counted(f'coded:"{value}"')
            for value in ("yes", "none", "no", SARA, "sara", f"{SARA} cultural", "sara فرهنگی",
                          f"{SARA} none", "بی‌کد")
        }  # fmt: skip
        assert found.pop("yes") + found["none"] == every
        assert found.pop("none") == found.pop("بی‌کد") > 0
        assert found == {
            "no": 0,
            SARA: 3,
            "sara": 3,
            f"{SARA} cultural": 1,
            "sara فرهنگی": 1,
            f"{SARA} none": 2,
        }
        assert index.counted('کدگذاری:"sara" language:fa,en,und') == 3


@pytest.mark.parametrize("value", ["person:nobody", '"person:sara nothing"', "perhaps"])
def test_nobody_and_nothing_are_refused(read_by_two: Corpus, value: str) -> None:
    with read_by_two as opened, pytest.raises(QueryError, match="There is no"):
        Index.of(opened).counted(f"coded:{value}")
