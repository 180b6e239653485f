"""Coding a corpus: what is stale is coded again, nothing twice, people's decisions never."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from textmine import ingest
from textmine.errors import CorpusError, ModelError
from textmine.records import Coding
from textmine.store.catalogue import now
from textmine.store.corpus import Corpus
from textmine.tagging.run import code_corpus, coders_for

TEXT = "Article 1\nThe Parties shall hold festivals.\n\nArticle 2\nThe Parties shall trade.\n"


@pytest.fixture
def corpus(tmp_path):
    with Corpus.create(tmp_path / "corpus") as made:
        file = tmp_path / "treaty.txt"
        file.write_text(TEXT, encoding="utf-8")
        ingest.add(made, [file], jobs=1)
        yield made


def test_each_clause_is_coded_once(corpus):
    coders, note = coders_for(corpus)
    assert [each.coder for each in coders] == ["dictionary:agreement-themes@4", "model:themes"]
    assert note == ""
    assert [count for _, count in code_corpus(corpus, coders)] == [2, 2]
    assert [count for _, count in code_corpus(corpus, coders)] == [0, 0]
    assert [count for _, count in code_corpus(corpus, coders, again=True)] == [2, 2]


def test_what_another_version_of_a_coder_coded_is_coded_again(corpus):
    coders, _ = coders_for(corpus)
    code_corpus(corpus, coders)
    with corpus.catalogue.writing() as connection:
        older = "UPDATE coverage SET version = '0' WHERE coder = 'model:themes'"
        connection.execute(sa.text(older))
    assert dict(code_corpus(corpus, coders)) == {
        "dictionary:agreement-themes@4": 0,
        "model:themes": 2,
    }


def test_people_are_never_overruled(corpus):
    coders, _ = coders_for(corpus, "dictionary")
    code_corpus(corpus, coders)
    clause = next(corpus.catalogue.clauses()).clause
    mine = Coding(clause.id, "tourism", "person:rater", coders[0].codebook.reference, True, now())
    corpus.catalogue.add_codings(1, [mine])
    code_corpus(corpus, coders, again=True)
    assert corpus.catalogue.codings(coder="person:rater") == (mine,)


def test_a_codebook_that_changed_behind_its_version_is_refused_before_coding(corpus):
    code_corpus(corpus, coders_for(corpus)[0])
    before = corpus.catalogue.codings()
    text = corpus.codebook_file.read_text(encoding="utf-8")
    corpus.codebook_file.write_text(text.replace("museum", "gallery"), encoding="utf-8")
    with pytest.raises(CorpusError, match="Raise `version`"):
        coders_for(corpus, "dictionary")
    assert corpus.catalogue.codings() == before


def test_a_new_version_of_the_codebook_leaves_the_model_aside_and_says_so(corpus):
    text = corpus.codebook_file.read_text(encoding="utf-8")
    corpus.codebook_file.write_text(text.replace("version: 4", "version: 5"), encoding="utf-8")
    coders, note = coders_for(corpus)
    assert [each.coder for each in coders] == ["dictionary:agreement-themes@5"]
    assert "trained for the codebook agreement-themes@4" in note


def test_a_damaged_model_is_not_passed_over(corpus):
    folder = corpus.models / "themes"
    folder.mkdir(parents=True)
    (folder / "model.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="no model of textmine"):
        coders_for(corpus)
