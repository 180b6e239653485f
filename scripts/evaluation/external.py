"""Texts of others with one distant label each: trade agreements, Persian news.

The label is the theme of an article's heading, or the section a paper printed a story in. It says
what a text is mostly about, not everything that it deals with: precision is understated.
"""

from __future__ import annotations

import gzip
import html
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from evaluation.experiments import FOLDS, MODELS, Figures, Say
from textmine.codings import CodedClause
from textmine.tagging.evaluation import (
    Crossed,
    Material,
    by_dictionary,
    by_most_frequent,
    crossed,
    scored,
)
from textmine.tagging.keywords import view

MOST = 600  # texts of a source that are taken
MOST_OF_A_LABEL = 100  # so that the frequent labels leave room for the rare ones
WORDS_OF_A_STORY = 60  # of a news story: about as long as an article, and the news is told by then

THEMES = {
    "economic_trade": "economic",
    "transport_energy": "economic",
    "dispute_legal": "procedural",
    "environment": "environment",
    "social_labour": "social",
    "security_justice": "security",
    "cultural": "cultural",
    "science_tech": "scientific-educational",
    "tourism": "tourism",
    "political": "political",
}
SECTIONS = {
    "فرهنگی هنری": "cultural",
    "علمی فناوری": "scientific-educational",
    "سیاسی": "political",
    "بین الملل": "political",
    "اجتماعی": "social",
    "پزشکی": "social",
    "ورزشی": "social",
    "اقتصادی": "economic",
}

# «به گزارش گروه اقتصادی ...،» names the section in the first words: cut to the first stop.
_BY_LINE = re.compile(r"^\W*به گزارش[^،؛:.]{0,200}[،؛:.]\s*")
# So does «خبرنگار حوزه سینما گروه فرهنگی باشگاه خبرنگاران جوان», anywhere.
_REPORTER = re.compile(
    r"(?:خبرنگار|گروه|حوزه|سرویس|بخش)(?:\s+[^\s،؛:.]+){0,12}?\s+"
    r"(?:باشگاه\s+خبرنگاران(?:\s+جوان)?|خبرگزاری\s+[^\s،؛:.]+|ایسنا|ایرنا|مهر|تسنیم)"
)
_REPORTER_ALONE = re.compile(r"خبرنگار(?:\s+(?:گروه|حوزه|سرویس|بخش)(?:\s+[^\s،؛:.]+){1,4})")


@dataclass(frozen=True)
class Source:
    """Texts of one source with their labels, and how many were passed over, by the reason."""

    name: str
    language: Literal["fa", "en"]
    texts: list[CodedClause]
    themes: dict[str, str]  # the source's own name of each text's label
    all: int
    passed: dict[str, int]


def sources(folder: Path) -> list[Source]:
    """The external sources that the folder holds; sampled with a fixed seed."""
    found = []
    trade = sorted(folder.glob("trade_agreements/*.jsonl.gz"))
    news = sorted(folder.glob("news_fa/*.tsv.gz"))
    if trade:
        found.append(_source("trade agreements", "en", _articles(trade[0])))
    if news:
        found.append(_source("Persian news", "fa", _stories(news[0])))
    return found


def measure(source: Source, ours: Material, say: Say) -> Figures:
    """In-source by folds of documents, and trained on our clauses alone."""
    material = Material.of([*ours.coded, *source.texts], ours.codebook, ours.encoder)
    places = list(range(len(ours.coded), len(material.coded)))
    own = list(range(len(ours.coded)))
    rows = []
    coders = {"dictionary": by_dictionary, **MODELS}
    for name, coder in coders.items():
        say(f"{source.name}: {name}, trained on our clauses")
        tested = crossed(material, coder, 1, own, places)
        rows.append(_row(material, source, name, "ours", tested))
    for name, coder in {"most frequent code": by_most_frequent, **MODELS}.items():
        say(f"{source.name}: {name}, trained on the source itself")
        tested = crossed(material, coder, FOLDS, places, places)
        rows.append(_row(material, source, name, "itself", tested))
    return {
        "name": source.name,
        "language": source.language,
        "all": source.all,
        "passed": source.passed,
        "clauses": len(source.texts),
        "documents": len({one.document for one in source.texts}),
        "rows": rows,
    }


def _row(material: Material, source: Source, name: str, learn: str, tested: Crossed) -> Figures:
    score = scored(material, name, tested)
    codes = [
        {
            "code": one.code,
            "clauses": one.support,
            "recall": one.recall,
            "precision": one.precision,
            "f1": one.f1,
        }
        for one in score.codes
        if one.support
    ]
    themes = {}
    for theme in sorted(set(source.themes.values())):
        only = [
            place for place in tested.places if source.themes[material.coded[place].clause] == theme
        ]
        of_theme = scored(material, name, tested, only)
        label = material.coded[only[0]].codes[0]
        recall = next(one.recall for one in of_theme.codes if one.code == label)
        themes[theme] = {
            "code": label,
            "clauses": len(only),
            "first_right": of_theme.first_right,
            "recall": recall,
        }
    return {
        "coder": name,
        "learn": learn,
        "learned": tested.learned,
        "first_right": score.first_right,
        "macro_f1": score.macro_f1._asdict(),
        "micro_f1": score.micro_f1._asdict(),
        "codes": codes,
        "themes": themes,
    }


def _source(
    name: str, language: Literal["fa", "en"], given: Iterator[tuple[str, str, str, str]]
) -> Source:
    """``given`` are document, theme, code and text; an empty text says why in the code."""
    passed: Counter[str] = Counter()
    by_theme: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    count = 0
    for document, theme, code, text in given:
        count += 1
        if text:
            by_theme[theme].append((document, theme, code, text))
        else:
            passed[code] += 1
    random = np.random.default_rng(0)
    texts: list[CodedClause] = []
    themes: dict[str, str] = {}
    drawn = [
        rows[number]
        for theme, rows in sorted(by_theme.items())
        for number in sorted(random.permutation(len(rows))[:MOST_OF_A_LABEL])
    ]
    for number in sorted(random.permutation(len(drawn))[:MOST]):
        document, theme, code, text = drawn[number]
        clause = f"{name}:{number}"
        themes[clause] = theme
        texts.append(
            CodedClause(
                f"{name}:{document}", clause, language, text, (code,), "label", "agreement-themes"
            )
        )
    passed["not drawn into the sample"] = count - passed.total() - len(texts)
    return Source(name, language, texts, themes, count, dict(passed))


def _articles(file: Path) -> Iterator[tuple[str, str, str, str]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            text, heading = row["text"].strip(), _words(row["heading"])
            if heading and _words(text)[: len(heading)] == heading:
                yield row["treaty"], row["theme"], "with the words of their heading first", ""
            else:
                yield row["treaty"], row["theme"], THEMES[row["theme"]], text


def _stories(file: Path) -> Iterator[tuple[str, str, str, str]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        next(lines)
        for number, line in enumerate(lines):
            text, section, *_ = line.rstrip("\n").split("\t")
            words = without_by_line(html.unescape(text)).split()
            if len(words) < WORDS_OF_A_STORY // 3:
                yield str(number), section, "hardly a sentence without its by-line", ""
            else:
                yield str(number), section, SECTIONS[section], " ".join(words[:WORDS_OF_A_STORY])


def without_by_line(text: str) -> str:
    """A story without the words that name its reporter's section.

    >>> without_by_line("به گزارش گروه اقتصادی باشگاه خبرنگاران جوان، بازار آرام بود.")
    'بازار آرام بود.'
    """
    return _REPORTER_ALONE.sub("", _REPORTER.sub("", _BY_LINE.sub("", text))).lstrip(" ،؛:.-")


def _words(text: str) -> Sequence[str]:
    return re.findall(r"\w+", view(text).text)
