"""Search by meaning: the matrix and its upkeep, both rankings as one, what a clause is like.

The encoder here is made up: it knows a dozen words of two languages and what they mean.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from textmine import encoding
from textmine.cli.app import app
from textmine.encoding.encoders import TextEncoder
from textmine.errors import CorpusError, ModelError, UsageError
from textmine.records import Attribute, Clause, Span
from textmine.resources import shipped
from textmine.search import Index, QueryError, meaning
from textmine.search import vectors as vectors_module
from textmine.search.found import document_of, place_of
from textmine.search.meaning import encode, fused, semantic, similar
from textmine.search.translations import with_counterparts
from textmine.search.vectors import Vectors
from textmine.store.catalogue import Derived, Source
from textmine.store.corpus import Corpus
from textmine.store.lock import holding
from textmine.text.language import language_of
from textmine.text.normalise import normalise

MEANINGS = (
    {"culture", "museums", "paintings", "فرهنگ", "موزه", "موزه‌ها", "نقاشی"},
    {"trade", "merchants", "customs", "بازرگانی", "تجارت", "گمرک"},
    {"river", "water", "forest", "رود", "آب", "جنگل"},
    {"police", "border", "crime", "پلیس", "مرز", "جرم"},
    {"students", "school", "teachers", "دانشجو", "مدرسه", "آموزگار"},
)
OF = {word.replace("\u200c", " "): at for at, some in enumerate(MEANINGS) for word in some}
DIMENSIONS = 16


class Meanings:
    """Vectors of what words mean, with a direction for each language and a little of their own."""

    id = "meanings:1"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def vectors(self, texts: Sequence[str]):
        self.encoded += texts
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[8 if language_of(text) == "fa" else 9] = 0.5
            for word in text.lower().replace(".", " ").split():
                own = int.from_bytes(hashlib.sha256(word.encode()).digest()[:1], "big") % 6
                row[10 + own] += 0.05
                if word in OF:
                    row[OF[word]] += 1
        yield range(len(texts)), rows


ENGLISH = (
    "The museums lend paintings to each other.",
    "Merchants pay no customs on samples.",
    "The river gives water to both cities.",
    "The police of both sides guard the border.",
    "Teachers visit the school every spring.",
)
PERSIAN = (
    "موزه‌ها نقاشی امانت می‌دهند.",
    "تجارت میان دو شهر از گمرک آزاد است.",
    "آب رود میان دو شهر بخش می‌شود.",
    "پلیس دو طرف مرز را نگاه می‌دارد.",
    "آموزگار هر بهار به مدرسه می‌رود.",
)


def derived(name: str, clauses: Sequence[tuple[str, str | None]]) -> Derived:
    made = []
    start = 0
    for ordinal, (text, number) in enumerate(clauses):
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        span = Span(start, start + len(text))
        start = span.end + 1
        clause = Clause(
            f"{name}.{digest}",
            ordinal,
            "article",
            number,
            None,
            text,
            language_of(text),
            1,
            (span,),
        )
        made.append((clause, normalise(text)))
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    title = Attribute("title", name, 1.0, "given")
    return Derived(sha256, ".txt", 1, "done", "", "", clauses=tuple(made), attributes=(title,))


def put(corpus: Corpus, name: str, texts: Sequence[str], numbers: Sequence[str | None] = ()) -> int:
    pairs = list(zip(texts, numbers or [None] * len(texts), strict=True))
    made = derived(name, pairs)
    return corpus.catalogue.put(made, Source(f"{name}.txt", made.sha256, "done", "", ""))


@pytest.fixture
def model(monkeypatch) -> Meanings:
    """The made-up encoder as the default one."""
    made = Meanings()
    monkeypatch.setattr(encoding, "missing", lambda name: "")
    monkeypatch.setattr(encoding, "encoder", lambda name, cache=None: TextEncoder(made, cache))
    return made


@pytest.fixture
def without_encoder(monkeypatch) -> str:
    why = "The encoder is not installed; install it with: pip install it"
    monkeypatch.setattr(encoding, "missing", lambda name: why)
    return why


@pytest.fixture(scope="module")
def indexed(tmp_path_factory) -> Path:
    """A corpus of two documents with its index, which each test copies: to make it is slow."""
    folder = tmp_path_factory.mktemp("indexed") / "corpus"
    short = shipped("codebooks") / "relation_levels.yaml"  # it is read with every change
    with Corpus.create(folder, codebook=short) as made:
        put(made, "english", ENGLISH)
        put(made, "persian", PERSIAN)
        Index.of(made)
    return folder


@pytest.fixture
def corpus(tmp_path, indexed):
    with Corpus.open(shutil.copytree(indexed, tmp_path / "corpus")) as made:
        yield made


def open_vectors(corpus: Corpus, model: Meanings) -> Vectors:
    return Vectors.of(corpus, TextEncoder(model, corpus.folder / encoding.VECTORS))


def texts(found) -> list[str]:
    return [hit.text for hit in found.hits]


def folder_of(corpus: Corpus):
    (folder,) = corpus.index.glob("meaning-*")
    return folder


def test_one_search_at_a_time_has_an_encoder(corpus, model, monkeypatch):
    encode(corpus)
    index = Index.of(corpus)
    vectors = model.vectors
    inside = threading.Lock()

    def alone(texts):
        assert inside.acquire(blocking=False)
        time.sleep(0.05)
        try:
            yield from vectors(texts)
        finally:
            inside.release()

    monkeypatch.setattr(model, "vectors", alone)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda query: semantic(index, query), ("art", "river", "school")))
    assert all(each.total for each in found)


# -- both rankings as one --------------------------------------------------------------------------

ENTRIES = st.dictionaries(st.integers(1, 50), st.floats(0.1, 90), max_size=20).map(
    lambda scores: sorted(scores.items(), key=lambda entry: -entry[1])
)


@given(ENTRIES, ENTRIES)
def test_fusing_keeps_every_place_and_puts_the_best_of_both_first(by_words, by_meaning):
    entries = fused(by_words, by_meaning)
    places = [place for place, _ in entries]
    assert sorted(places) == sorted({place for place, _ in by_words + by_meaning})
    scores = [score for _, score in entries]
    assert scores == sorted(scores, reverse=True)
    if by_words and by_meaning and by_words[0][0] == by_meaning[0][0]:
        assert dict(entries)[by_words[0][0]] == max(scores) == 1 + meaning.MEANING


# -- searching -------------------------------------------------------------------------------------


def test_a_query_finds_what_means_it_in_both_languages(corpus, model):
    found = semantic(Index.of(corpus), "culture")
    assert {hit.text for hit in found.hits[:2]} == {ENGLISH[0], PERSIAN[0]}
    assert all(hit.by == ("meaning",) for hit in found.hits)
    assert found.missing == ""
    assert {hit.language for hit in found.hits[:2]} == {"fa", "en"}


def test_what_words_and_meaning_both_find_comes_first_and_says_so(corpus, model):
    found = semantic(Index.of(corpus), "تجارت")
    assert [(hit.text, hit.by) for hit in found.hits[:2]] == [
        (PERSIAN[1], ("words", "meaning")),
        (ENGLISH[1], ("meaning",)),
    ]
    first = found.hits[0]
    assert [first.text[start:end] for start, end in first.highlights] == ["تجارت"]


def test_fields_and_left_out_words_hold_for_what_meaning_finds(corpus, model):
    index = Index.of(corpus)
    assert texts(semantic(index, "culture language:fa")) == [PERSIAN[0]]
    assert PERSIAN[0] not in texts(semantic(index, "culture -نقاشی"))
    assert texts(semantic(index, "culture document:1"))[0] == ENGLISH[0]


def test_facets_count_what_is_ranked_among(corpus, model):
    index = Index.of(corpus)
    found = semantic(index, "culture language:fa")
    assert (found.among, found.facets["language"]) == (5, {"fa": 5})
    assert semantic(index, "culture").among == 10
    assert semantic(index, "culture -language:fa").facets["language"] == {"en": 5}
    assert semantic(index, "culture", facets=False).facets == {}
    assert semantic(index, "language:fa").among == 0


def test_offset_goes_on_where_the_first_page_ended(corpus, model):
    index = Index.of(corpus)
    whole = semantic(index, "culture")
    assert len(whole.hits) > 1
    assert semantic(index, "culture", limit=1).hits == whole.hits[:1]
    assert semantic(index, "culture", offset=1).hits == whole.hits[1:]
    assert semantic(index, "culture", limit=1).total == whole.total


def test_a_query_of_fields_alone_is_a_plain_search(corpus, model):
    index = Index.of(corpus)
    assert semantic(index, "language:fa") == index.search("language:fa")
    assert model.encoded == []


def test_a_bad_query_is_told_as_always(corpus, model):
    with pytest.raises(QueryError):
        semantic(Index.of(corpus), "culture (")


def test_without_encoder_words_are_searched_and_it_is_said(corpus, without_encoder):
    found = semantic(Index.of(corpus), "which museums lend")
    assert texts(found) == [ENGLISH[0]]
    assert found.hits[0].by == ("words",)
    assert without_encoder in found.missing


def test_many_clauses_are_not_encoded_while_somebody_waits(corpus, model, monkeypatch):
    monkeypatch.setattr(vectors_module, "MOST_AT_ONCE", 7)
    found = semantic(Index.of(corpus), "museums")
    assert texts(found) == [ENGLISH[0]]  # by words
    assert "10 clauses have no vector" in found.missing
    assert "textmine index --meaning" in found.missing
    steps = []
    assert encode(corpus, lambda done, of: steps.append((done, of))) == 10
    assert steps[-1] == (10, 10)
    again = semantic(Index.of(corpus), "museums")
    assert (again.missing, len(again.hits) > 1) == ("", True)


def test_what_another_command_encoded_is_taken_in_without_the_encoder(corpus, model, monkeypatch):
    TextEncoder(model, corpus.folder / encoding.VECTORS).encode([*ENGLISH, *PERSIAN])
    monkeypatch.setattr(vectors_module, "MOST_AT_ONCE", 0)
    model.encoded.clear()
    assert semantic(Index.of(corpus), "museums").missing == ""
    assert model.encoded == ["museums"]


# -- keeping up ------------------------------------------------------------------------------------


def test_changed_new_and_emptied_documents_are_followed(corpus, model):
    assert len(open_vectors(corpus, model)) == 10
    put(corpus, "english", ENGLISH[:2])
    put(corpus, "third", ["The forest burns."])
    put(corpus, "persian", [])
    now = open_vectors(corpus, model)
    assert len(now) == 3
    assert {text for text in model.encoded} >= {"The forest burns."}
    found = semantic(Index.of(corpus), "جنگل")
    assert texts(found)[0] == "The forest burns."


def test_a_document_whose_clauses_stay_is_not_read_again(corpus, model, monkeypatch):
    open_vectors(corpus, model)
    before = (folder_of(corpus) / "rows-1").read_bytes()
    number = put(corpus, "english", ENGLISH)
    monkeypatch.setattr(vectors_module._Writing, "_clauses", None)
    assert len(open_vectors(corpus, model)) == 10
    assert number == 1
    assert (folder_of(corpus) / "rows-1").read_bytes() == before


def test_a_text_without_words_is_like_nothing(corpus, model):
    number = put(corpus, "dashes", ["— — —", "• • •"])
    vectors = open_vectors(corpus, model)
    assert len(vectors) == 12
    encoder = TextEncoder(model, None)
    likeness = vectors.likeness(vectors.query(encoder.encode(["culture"])[0], "en", False))
    order = [place for place, _ in likeness.best(2)]
    assert number not in {document_of(place) for place in order}


def test_a_word_by_itself_is_like_nothing_that_is_short(corpus, model):
    put(corpus, "words", ["Culture.", "فرهنگ"])
    assert "Culture." not in texts(semantic(Index.of(corpus), "موزه‌ها"))
    found = semantic(Index.of(corpus), "culture")
    assert next(hit.by for hit in found.hits if hit.text == "Culture.") == ("words",)


def test_readers_do_not_wait_for_a_writer(corpus, model):
    open_vectors(corpus, model)
    put(corpus, "third", ["The forest burns."])
    put(corpus, "english", ENGLISH[::-1])
    with holding(folder_of(corpus) / "lock", wait=True):
        old = open_vectors(corpus, model)
    assert len(old) == 5  # those of the document that changed are not shown as what they were
    assert len(open_vectors(corpus, model)) == 11


@pytest.mark.parametrize("damage", ["short", "gone", "state", "version", "foreign"])
def test_what_is_damaged_is_made_anew(corpus, model, damage):
    open_vectors(corpus, model)
    folder = folder_of(corpus)
    rows, state = folder / "rows-1", folder / "state.db"
    if damage == "short":
        rows.write_bytes(rows.read_bytes()[:-1])
    elif damage == "gone":
        rows.unlink()
    elif damage == "state":
        for file in folder.glob("state.db*"):
            file.unlink()
        state.write_bytes(b"no database at all" * 100)
    else:
        with sqlite3.connect(state) as database:
            change = "schema = 'x'" if damage == "version" else "change = 99, mark = 'other'"
            database.execute(f"UPDATE state SET {change}")
    assert len(open_vectors(corpus, model)) == 10
    assert semantic(Index.of(corpus), "culture").hits[0].text in (ENGLISH[0], PERSIAN[0])


def test_rows_that_a_crash_left_behind_are_written_over(corpus, model, monkeypatch):
    open_vectors(corpus, model)
    put(corpus, "third", ["The forest burns."])

    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(vectors_module, "_put_state", crash)
        with pytest.raises(KeyboardInterrupt):
            open_vectors(corpus, model)
    with (folder_of(corpus) / "rows-1").open("ab") as rows:
        rows.write(b"half a row")
    assert len(open_vectors(corpus, model)) == 11
    assert texts(semantic(Index.of(corpus), "forest"))[0] == "The forest burns."


def test_an_interrupted_encoding_goes_on_where_it_was(corpus, model, monkeypatch):
    monkeypatch.setattr(vectors_module, "_BATCH", 5)

    def stop(done: int, of: int) -> None:
        if done > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode(corpus, stop)
    before = len(model.encoded)
    assert encode(corpus) == 10
    assert len(set(model.encoded)) == len(model.encoded) >= before


def test_garbage_is_cleared_and_the_rows_stay_right(corpus, model, monkeypatch):
    monkeypatch.setattr(vectors_module, "_GARBAGE", 10)
    for turn in range(5):
        put(corpus, "english", [f"{text} {turn}" for text in ENGLISH])
        vectors = open_vectors(corpus, model)
    assert len(vectors) == 10
    files = sorted(folder_of(corpus).glob("rows-*"))
    assert len(files) <= 2
    assert files[-1].stat().st_size <= 20 * DIMENSIONS
    assert texts(semantic(Index.of(corpus), "culture"))[0] in (f"{ENGLISH[0]} 4", PERSIAN[0])


def test_a_folder_that_cannot_be_written_is_told(corpus, model, monkeypatch):
    def full(*_, **__):
        raise OSError("No space left on device")

    monkeypatch.setattr(vectors_module.os, "fsync", full)
    with pytest.raises(CorpusError, match="No space left"):
        semantic(Index.of(corpus), "culture")


def test_an_encoder_that_fails_is_told(corpus, model, monkeypatch):
    def broken(self, some):
        raise ModelError("The encoder failed twice.")
        yield

    monkeypatch.setattr(Meanings, "vectors", broken)
    with pytest.raises(ModelError):
        semantic(Index.of(corpus), "culture")


def test_the_likeness_is_that_of_the_vectors_before_they_were_rounded(corpus, model):
    encoder = TextEncoder(model, None)
    vectors = open_vectors(corpus, model)
    exact = encoder.encode([*ENGLISH, *PERSIAN])
    places = [place_of(1, n) for n in range(5)] + [place_of(2, n) for n in range(5)]
    rounded = vectors.between(places, places)
    assert np.abs(rounded - exact @ exact.T).max() < 0.35  # clipped where a number is above 0.3


# -- clauses like a clause -------------------------------------------------------------------------


def identity(corpus: Corpus, text: str) -> str:
    return next(each.clause.id for each in corpus.catalogue.clauses() if each.clause.text == text)


def test_a_clause_is_like_those_that_mean_the_same_and_not_like_itself(corpus, model):
    found = similar(Index.of(corpus), identity(corpus, ENGLISH[3]))
    assert found.clause.text == ENGLISH[3]
    assert found.hits[0].text == PERSIAN[3]
    assert ENGLISH[3] not in texts(found)
    assert (found.by, found.counterpart) == ("meaning", None)


def test_only_one_language_or_what_a_query_finds(corpus, model):
    put(corpus, "third", ["Crime at the border.", "پلیس و جرم", "Nothing.", "هیچ"])
    index = Index.of(corpus)
    one = identity(corpus, ENGLISH[3])
    assert {hit.language for hit in similar(index, one, language="fa").hits} == {"fa"}
    assert texts(similar(index, one, within="document:3 language:en")) == ["Crime at the border."]
    assert texts(similar(index, one, language="fa", within="جرم OR forest")) == ["پلیس و جرم"]
    assert len(similar(index, one, limit=1).hits) == 1


def test_the_translation_stands_apart_and_first(corpus, model):
    put(corpus, "both", [ENGLISH[0], ENGLISH[2], PERSIAN[0], PERSIAN[2]], ["1", "2", "1", "2"])
    index = Index.of(corpus)
    both = [each.clause for each in corpus.catalogue.clauses(document=3)]
    found = similar(index, both[1].id)
    assert found.counterpart is not None
    assert found.counterpart.text == PERSIAN[2]
    assert both[3].id not in [hit.clause for hit in found.hits]


def test_vectors_pair_what_no_number_pairs(corpus, model):
    put(corpus, "both", [ENGLISH[0], ENGLISH[2], PERSIAN[2], PERSIAN[0]])
    both = [each.clause for each in corpus.catalogue.clauses(document=3)]
    found = similar(Index.of(corpus), both[1].id)
    assert found.counterpart is not None
    assert found.counterpart.clause == both[2].id


def test_without_encoder_the_words_of_a_clause_find_what_is_like_it(corpus, without_encoder):
    put(corpus, "third", ["Paintings of the museums are insured.", "Nothing else."])
    found = similar(Index.of(corpus), identity(corpus, ENGLISH[0]))
    assert found.by == "words"
    assert found.hits[0].text == "Paintings of the museums are insured."
    assert without_encoder in found.missing


def test_a_clause_that_is_not_there_is_told(corpus, model):
    with pytest.raises(UsageError, match="nobody"):
        similar(Index.of(corpus), "nobody.1")


def test_hits_name_their_translation_in_their_document(corpus, model):
    put(corpus, "both", [ENGLISH[0], PERSIAN[0], ENGLISH[1]], ["1", "1", "2"])
    index = Index.of(corpus)
    hits = index.search("document:3").hits
    ids = [hit.clause for hit in hits]
    assert [hit.counterpart for hit in with_counterparts(corpus, hits)] == [ids[1], ids[0], ""]
    assert semantic(index, "museums document:3").hits[0].counterpart == ids[1]


def test_similar_on_the_command_line(corpus, model):
    one = identity(corpus, ENGLISH[3])
    run = CliRunner().invoke(app, ["similar", one, "--corpus", str(corpus.folder)])
    assert run.exit_code == 0
    assert PERSIAN[3] in run.stdout
    assert "by meaning" in run.stdout
    said = CliRunner().invoke(app, ["similar", one, "--json", "--corpus", str(corpus.folder)])
    value = json.loads(said.stdout)
    assert value["clause"]["id"] == one
    assert value["hits"][0]["text"] == PERSIAN[3]


# -- the encoder that the extra brings -------------------------------------------------------------

installed = pytest.mark.skipif(
    bool(encoding.missing(encoding.DEFAULT)), reason="the extra embeddings is not installed"
)


@installed
def test_a_persian_question_finds_the_english_clause_that_answers_it(corpus):
    found = semantic(Index.of(corpus), "نقاشی‌ها را چه کسی امانت می‌دهد؟ language:en")
    assert texts(found)[0] == ENGLISH[0]


def test_the_meaning_of_a_query_is_nowhere_shown(corpus, model):
    found = semantic(Index.of(corpus), "culture")
    assert all(hit.score <= 1 + meaning.MEANING + 1e-9 for hit in found.hits)
