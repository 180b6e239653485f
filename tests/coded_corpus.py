"""A corpus with a codebook of its own that a person has coded, for tests of learning from it."""

from __future__ import annotations

import random
import re
from pathlib import Path

from textmine import ingest
from textmine.codings import CodedClause, coded_in, take_in
from textmine.store.corpus import Corpus
from textmine.tagging.coders import codebook_of

CODEBOOK = """\
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
WORDS = {
    "en": {
        "cultural": ["songs", "dance", "music", "museums"],
        "economic": ["tariffs", "loans", "trade", "banks"],
        "": ["rain", "stones", "letters", "days"],
    },
    "fa": {
        "cultural": ["ترانه", "رقص", "موسیقی", "موزه"],
        "economic": ["تعرفه", "وام", "تجارت", "بانک"],
        "": ["باران", "سنگ", "نامه", "روز"],
    },
}
BESIDE = {
    "en": "open begin keep share count follow gather prefer young old early northern southern wide "
    "narrow quiet green white seven eleven yearly weekly common public summer winter garden river",
    "fa": "آغاز ادامه همراه بزرگ کوچک تازه کهن شمالی جنوبی سبز سپید هفت یازده سالانه هفتگی همگانی "
    "تابستان زمستان باغ رود کوه دشت آرام نزدیک دور روشن بلند",
}


def codes_of(text: str) -> tuple[str, ...]:
    """The codes that the clauses below are meant to have."""
    words = set(re.findall(r"\w+", text))
    return tuple(
        code
        for code in ("cultural", "economic")
        if any(words.intersection(of[code]) for of in WORDS.values())
    )


def document(number: int, clauses: int = 8) -> str:
    """The text of one agreement; every third is Persian."""
    language = "en" if number % 3 else "fa"
    dice = random.Random(number)  # noqa: S311 - the same texts every time
    head, article = ("Agreement", "Article") if language == "en" else ("موافقت‌نامهٔ", "ماده")
    parts = [f"{head} {number}"]
    for place in range(clauses):
        code = ("cultural", "economic", "")[place % 3]
        said = [*dice.sample(WORDS[language][code], 2), *dice.sample(BESIDE[language].split(), 7)]
        dice.shuffle(said)
        parts.append(f"{article} {place + 1}\n{' '.join(said).capitalize()}.")
    return "\n\n".join(parts) + "\n"


def make(folder: Path, documents: int) -> Path:
    """A corpus of so many documents, nothing coded yet; its folder."""
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    book = folder / "themes.yaml"
    book.write_text(CODEBOOK, encoding="utf-8")
    for number in range(1, documents + 1):
        (inbox / f"{number:02}.txt").write_text(document(number), "utf-8", newline="\n")
    with Corpus.create(folder / "corpus", codebook=book) as corpus:
        ingest.add(corpus, ingest.find([inbox])[0], jobs=1)
    return folder


def clauses_of(folder: Path, coder: str = "person:leila") -> list[CodedClause]:
    """The clauses of the corpus as a person would code them who makes no mistake."""
    book = codebook_of(folder / "corpus")
    with Corpus.open(folder / "corpus") as corpus:
        return [
            CodedClause(
                f"{stored.document}",
                stored.clause.id,
                stored.clause.language,
                stored.clause.text,
                codes_of(stored.clause.text),
                coder,
                book.reference,
            )
            for stored in corpus.catalogue.clauses()
        ]


def code_all(folder: Path, coder: str = "person:leila") -> None:
    """Store a person's codings of every clause."""
    book = codebook_of(folder / "corpus")
    with Corpus.open(folder / "corpus") as corpus:
        text = corpus.codebook_file.read_text(encoding="utf-8")
        corpus.catalogue.put_codebook(book.reference, book.digest, text)
        take_in(corpus.catalogue, clauses_of(folder, coder), book)


def decided_by(folder: Path, coder: str) -> dict[str, tuple[str, ...]]:
    """What a coder has decided, by clause."""
    book = codebook_of(folder / "corpus")
    with Corpus.open(folder / "corpus") as corpus:
        return {one.clause: one.codes for one in coded_in(corpus.catalogue, book, [coder])}
