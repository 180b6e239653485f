"""The classifier as scikit-learn knows it, and what it makes of an encoder's meanings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks as checks

from textmine import codebook as codebooks
from textmine import encoding
from textmine.codebook import definitions
from textmine.codings import CodedClause
from textmine.errors import EncoderMissingError, InputError, ModelError
from textmine.tagging.classifier import ThemeClassifier
from textmine.tagging.features import Meaning, read
from textmine.tagging.keywords import DictionaryCoder
from textmine.tagging.model import ThemeModel, train

BOOK = codebooks.parse(
    """
id: themes
version: 1
codes:
  - id: cultural
    name: {en: Cultural, fa: فرهنگی}
    definition: {en: music and museums, fa: موسیقی و موزه}
    keywords: {en: [museum], fa: [موزه]}
  - id: economic
    name: {en: Economic, fa: اقتصادی}
    definition: {en: trade and banks, fa: تجارت و بانک}
    keywords: {en: [bank], fa: [بانک]}
"""
)

# What a good encoder would know: which words mean the same.
SAME = [
    {"museum", "museums", "music", "songs", "dance", "cultural"}
    | {"موزه", "موسیقی", "ترانه", "رقص", "فرهنگی"},
    {"bank", "banks", "trade", "tariffs", "loans", "economic"}
    | {"بانک", "تجارت", "تعرفه", "وام", "اقتصادی"},
    {"rain", "weather", "باران", "هوا"},
]


class Understanding:
    """An encoder for tests: it knows the words of ``SAME``, and in which language a text is."""

    id = "understanding:1"
    dimensions = 8

    def encode(self, texts: Sequence[str], on_step=lambda done: None) -> np.ndarray:
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            words = re.findall(r"\w+", text.lower())
            for word in words:
                for place, alike in enumerate(SAME):
                    row[place] += word in alike
                row[6 + (hashlib.sha256(word.encode()).digest()[0] % 2)] += 0.1
            if words:
                # As in real encoders the language outweighs all that is said in it.
                row[3 if re.search("[\u0600-\u06ff]", text) else 4] += 5
                row /= np.linalg.norm(row)
        return rows


ENGLISH = ["They will lend songs.", "There will be dance.", "Open the music room."] * 20
ENGLISH += ["They will lower tariffs.", "There will be loans.", "Open the trade room."] * 20
ENGLISH += ["They will watch the rain.", "There will be weather.", "Open the weather room."] * 20
TRUTH = np.repeat([[True, False], [False, True], [False, False]], 60, axis=0)
GROUPS = [str(place % 12) for place in range(len(ENGLISH))]


@pytest.fixture(scope="module")
def fitted() -> ThemeClassifier:
    return ThemeClassifier(BOOK, Understanding()).fit(ENGLISH, TRUTH, GROUPS)


def test_what_was_learned_in_one_language_is_known_in_the_other(fitted: ThemeClassifier):
    persian = ["ترانه و رقص", "تعرفه و وام", "باران و هوا"]
    assert fitted.predict(persian).tolist() == [[True, False], [False, True], [False, False]]
    words_alone = ThemeClassifier(BOOK).fit(ENGLISH, TRUTH, GROUPS)
    assert not words_alone.predict(persian).any()


def test_a_language_without_training_clauses_is_centred_by_the_codebooks_translation():
    encoder = Understanding()
    readings = read(ENGLISH, DictionaryCoder(BOOK), encoder)
    vectors = {
        language: np.asarray(encoder.encode(texts), dtype=np.float64)
        for language, texts in definitions(BOOK).items()
    }
    meaning = Meaning.learn(readings, vectors, {})
    assert meaning.middles["fa"] - meaning.middles["en"] == pytest.approx(
        vectors["fa"].mean(axis=0) - vectors["en"].mean(axis=0)
    )
    lying = {"fa": np.full(8, 0.5), "en": np.full(8, 0.25)}
    measured = Meaning.learn(readings, vectors, lying)
    assert measured.middles["en"] == pytest.approx(meaning.middles["en"])
    assert measured.middles["fa"] - measured.middles["en"] == pytest.approx(np.full(8, 0.25))
    pairs = read(["songs", "ترانه", "loans", "وام"], DictionaryCoder(BOOK), encoder)
    rows = meaning.of(pairs)
    likeness = rows @ rows.T
    assert likeness[0, 1] > 0.6 > 0.2 > likeness[0, 2]
    assert likeness[2, 3] > 0.6 > 0.2 > likeness[2, 1]


def test_codes_are_ordered_and_clauses_can_be_left_to_people(fitted: ThemeClassifier):
    decided = fitted.decide(["songs and dance", "a room", "songs of the bank"])
    assert fitted.classes_.tolist() == ["cultural", "economic"]
    both = decided.probability
    expected = np.maximum(both, 1 - both).prod(axis=1)
    assert decided.certainty == pytest.approx(expected, abs=1e-5)
    assert (decided.sure == (decided.certainty >= fitted.doubt_)).all()
    known = fitted.decide(ENGLISH)
    assert 0.75 <= known.sure.mean() <= 1.0


@pytest.mark.parametrize("text", ["", " ", "۱ - ()", "\u200c"])
def test_a_text_without_words_gets_nothing(fitted: ThemeClassifier, text: str):
    assert not fitted.predict_proba([text]).any()
    assert not fitted.predict([text]).any()


def test_what_was_read_already_is_not_read_again(fitted: ThemeClassifier):
    texts = ["songs", "ترانه"]
    readings = fitted.read(texts)
    assert (fitted.predict_proba(readings) == fitted.predict_proba(texts)).all()
    assert fitted.read(readings)[0] is readings[0]


def test_words_of_a_meaning_are_explained(fitted: ThemeClassifier):
    model = ThemeModel("t", fitted, train(coded(), BOOK).training, "understanding")
    text = "خواهند داد: ترانه"
    (reason,) = model.explain(text, "cultural")
    assert (reason.kind, text[reason.span.start : reason.span.end]) == ("meaning", "ترانه")
    (keyword, *_) = model.explain("a museum of songs", "cultural")
    assert keyword.kind == "keyword"


def coded() -> list[CodedClause]:
    codes = [tuple(np.array(["cultural", "economic"])[row].tolist()) for row in TRUTH]
    return [
        CodedClause(document, f"{document}.{place}", "en", text, of, "person:a", "themes@1")
        for place, (document, text, of) in enumerate(zip(GROUPS, ENGLISH, codes, strict=True))
    ]


def test_a_model_keeps_its_encoder_and_refuses_another(tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "encoder", lambda name, cache=None: Understanding())
    model = train(coded(), BOOK, encoder_name="understanding")
    model.save(tmp_path)
    loaded = ThemeModel.load(tmp_path, BOOK)
    clauses = [("a", "ترانه و رقص"), ("b", "loans"), ("c", "")]
    assert list(loaded.predict(clauses)) == list(model.predict(clauses))
    assert loaded.version == model.version
    assert loaded.encoder_name == "understanding"

    other = Understanding()
    other.id = "understanding:2"
    monkeypatch.setattr(encoding, "encoder", lambda name, cache=None: other)
    with pytest.raises(ModelError, match="with the encoder understanding:1; here is understanding"):
        ThemeModel.load(tmp_path, BOOK)

    def missing(name, cache=None):
        raise EncoderMissingError("not here")

    monkeypatch.setattr(encoding, "encoder", missing)
    with pytest.raises(EncoderMissingError):
        ThemeModel.load(tmp_path, BOOK)


def test_it_behaves_as_an_estimator():
    classifier = ThemeClassifier(BOOK, Understanding())
    copy = clone(classifier)
    assert copy.codebook == BOOK
    assert copy.get_params()["encoder"].id == "understanding:1"
    with pytest.raises(NotFittedError):
        copy.predict(["songs"])
    with pytest.raises(InputError, match=r"\(3, 1\); \(3, 2\) is needed"):
        copy.fit(["a", "b", "c"], [[True], [False], [True]])
    with pytest.raises(InputError, match="A clause is int"):
        copy.fit([1, 2, 3], np.zeros((3, 2)))
    with pytest.raises(InputError, match="no clauses"):
        copy.fit([], np.zeros((0, 2)))
    with pytest.raises(InputError, match="2 groups for 3 clauses"):
        copy.fit(["a", "b", "c"], np.zeros((3, 2)), ["x", "y"])


# scikit-learn's generator stops at estimators of texts, since it can make up numbers only. These
# checks ask about the estimator itself; the rest, of what it makes of data, are written out above.
CHECKS = (
    checks.check_do_not_raise_errors_in_init_or_set_params,
    checks.check_estimator_cloneable,
    checks.check_estimator_repr,
    checks.check_estimator_tags_renamed,
    checks.check_get_params_invariance,
    checks.check_mixin_order,
    checks.check_no_attributes_set_in_init,
    checks.check_set_params,
    checks.check_valid_tag_types,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_checks_of_scikit_learn_that_apply_are_passed(check):
    check("ThemeClassifier", ThemeClassifier(BOOK))


def test_fitting_changes_no_parameter_and_repeats_to_the_bit(fitted: ThemeClassifier):
    again = clone(fitted).fit(ENGLISH, TRUTH, GROUPS)
    assert again.get_params().keys() == fitted.get_params().keys()
    assert (again.coefficients_ == fitted.coefficients_).all()
    assert again.heads_ == fitted.heads_
    assert again.fit(ENGLISH[:90], TRUTH[:90], GROUPS[:90]).heads_ != fitted.heads_
