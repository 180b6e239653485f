"""What was found: topics, the clauses of each, and how far to trust them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from textmine import spreadsheet
from textmine.records import Language
from textmine.store.whole import save
from textmine.text.unseen import in_json

LANGUAGES = ("fa", "en")
_LABEL = 3  # words in a label
_COLUMNS = (
    "clause",
    "document",
    "title",
    "page",
    "language",
    "topic",
    "label_fa",
    "label_en",
    "sureness",
    "representative",
    "text",
)


@dataclass(frozen=True, slots=True)
class TopicClause:
    """A clause to find topics in; ``normalised`` is its text with half-spaces restored."""

    id: str
    document: int
    title: str
    page: int
    language: Language
    text: str
    normalised: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """The topic of one clause.

    ``sureness`` is 0 for a clause that could as well have the next topic and 1 for one that could
    have no other; it is no probability. ``representative`` clauses are those to read first.
    """

    clause: TopicClause
    topic: int
    sureness: float
    representative: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: never a code.

    ``words`` and ``sizes`` are by language. ``began_at`` is the code at whose description the topic
    began, "" for most; it may have moved away from it. ``one_language`` tells whether its
    clauses are of one language only, None where there is too little to say.
    """

    number: int
    words: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, int]
    sureness: float
    one_language: bool | None
    began_at: str = ""

    def label(self, language: str) -> str:
        """The three words that tell most, "" in a language without clauses in the topic."""
        return ("، " if language == "fa" else ", ").join(self.words.get(language, ())[:_LABEL])


@dataclass(frozen=True, slots=True)
class Pairs:
    """What became of ``count`` pairs of translations; ``unknown`` ones lack a topic.

    ``together`` is the share with one topic, ``unaided`` the same when no clause is drawn to its
    own translation, ``by_chance`` what dealing clauses out at random would give.
    """

    count: int
    unknown: int
    together: float | None
    unaided: float | None
    by_chance: float | None

    def said(self) -> str:
        """The same in a sentence."""
        unknown = (
            f"; {self.unknown} pairs left out: a clause has no topic here" if self.unknown else ""
        )
        if self.together is None:
            return f"Translations: not computable, no pair can be used{unknown}"
        unaided = (
            ""
            if self.unaided is None
            else f", {self.unaided:.2f} when no clause is drawn to its own translation"
        )
        return (
            f"Translations: {self.together:.2f} of {self.count} pairs in one topic{unaided} "
            f"({_number(self.by_chance)} by chance){unknown}"
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """How far topics can be trusted; what could not be measured is None.

    ``over_seeds`` and ``over_samples`` are mean adjusted Rand indices between runs with another
    seed, and on random four fifths of the clauses. ``coherence`` (c_npmi) and ``diversity`` of
    words are by language. ``language_told`` is how far a clause's topic tells its language.
    """

    over_seeds: float | None
    over_samples: float | None
    coherence: Mapping[str, float | None]
    diversity: Mapping[str, float | None]
    language_told: float | None
    pairs: Pairs | None


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of a corpus, the largest first, each clause with its own, and the figures.

    ``method`` is ``meaning`` or ``words``, ``encoder`` the encoder's id. ``left_out`` counts
    clauses without a topic, by reason; ``notes`` are sentences for people.
    """

    method: str
    encoder: str
    topics: tuple[Topic, ...]
    assignments: tuple[Assignment, ...]
    figures: Figures
    left_out: Mapping[str, int]
    notes: tuple[str, ...]

    def representative(self, topic: int, language: str) -> tuple[TopicClause, ...]:
        """The clauses of a topic to read first."""
        return tuple(
            one.clause
            for one in self.assignments
            if one.representative and one.topic == topic and one.clause.language == language
        )

    def to_json(self) -> dict[str, Any]:
        """Topics, figures and the topic of each clause, as a JSON object."""
        return {
            "method": self.method,
            "encoder": self.encoder,
            "topics": [
                {
                    "number": topic.number,
                    "label": {language: topic.label(language) for language in LANGUAGES},
                    "words": {
                        language: list(topic.words.get(language, ())) for language in LANGUAGES
                    },
                    "clauses": sum(topic.sizes.values()),
                    "languages": dict(topic.sizes),
                    "sureness": round(topic.sureness, 3),
                    "one_language": topic.one_language,
                    "began_at": topic.began_at,
                    "representative": {
                        language: [
                            _shown(clause) for clause in self.representative(topic.number, language)
                        ]
                        for language in LANGUAGES
                    },
                }
                for topic in self.topics
            ],
            "figures": _rounded(asdict(self.figures)),
            "left_out": dict(self.left_out),
            "notes": list(self.notes),
            "clauses": [
                {
                    "id": one.clause.id,
                    "document": one.clause.document,
                    "page": one.clause.page,
                    "language": one.clause.language,
                    "topic": one.topic,
                    "sureness": round(one.sureness, 3),
                }
                for one in self.assignments
            ],
        }

    def summary(self) -> list[str]:
        """The figures in sentences."""
        figures = self.figures
        judged = [topic for topic in self.topics if topic.one_language is not None]
        alone = sum(bool(topic.one_language) for topic in judged)
        seeds = (
            "no chance in it"
            if figures.over_seeds is None
            else f"{figures.over_seeds:.2f} over seeds"
        )
        lines = [
            f"{len(self.assignments)} clauses in {len(self.topics)} topics by {self.method}"
            + (f", encoder {self.encoder}" if self.encoder else ""),
            f"Stability (adjusted Rand index, 1 is the same again): {seeds}, "
            f"{_number(figures.over_samples)} over random four fifths of the clauses",
        ]
        if figures.language_told is not None:
            lines.append(
                f"Languages: {alone} of {len(judged)} topics live in one language only; a clause's "
                f"topic tells {figures.language_told:.0%} of its language"
            )
        lines += [
            f"Words in {name}: coherence {_number(figures.coherence[language])} (c_npmi), "
            f"{_number(figures.diversity[language])} of them different"
            for language, name in (("fa", "Persian"), ("en", "English"))
            if language in figures.coherence
        ]
        if figures.pairs is not None:
            lines.append(figures.pairs.said())
        return lines

    def rows(self) -> Iterator[dict[str, Any]]:
        """A row for each clause, by topic, those to read first leading."""
        labels = {
            topic.number: [topic.label(language) for language in LANGUAGES] for topic in self.topics
        }
        for one in sorted(self.assignments, key=lambda one: (one.topic, not one.representative)):
            clause = one.clause
            yield dict(
                zip(
                    _COLUMNS,
                    (
                        clause.id,
                        clause.document,
                        clause.title,
                        clause.page,
                        clause.language,
                        one.topic,
                        *labels[one.topic],
                        round(one.sureness, 3),
                        one.representative,
                        clause.text,
                    ),
                    strict=True,
                )
            )

    def write(self, path: Path) -> None:
        """Write the rows as a table (.csv) or as JSON Lines (.jsonl), or all of it (.json).

        InputError when the file cannot be written; then it is as it was before.
        """
        save(path, self._lines(path.suffix.lower()))

    def _lines(self, suffix: str) -> Iterator[bytes]:
        if suffix == ".json":
            yield in_json(json.dumps(self.to_json(), ensure_ascii=False, indent=2)).encode() + b"\n"
        elif suffix == ".csv":
            cells = (
                ["yes" if cell is True else "" if cell is False else cell for cell in row.values()]
                for row in self.rows()
            )
            yield from spreadsheet.lines([_COLUMNS, *cells])
        else:
            for row in self.rows():
                yield in_json(json.dumps(row, ensure_ascii=False)).encode() + b"\n"


def _shown(clause: TopicClause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "document": clause.document,
        "title": clause.title,
        "page": clause.page,
        "text": clause.text,
    }


def _number(value: float | None) -> str:
    return "not computable" if value is None else f"{value:.2f}"


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return round(value, 4) if isinstance(value, float) else value
