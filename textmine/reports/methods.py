"""What a reviewer needs to repeat a report, in sentences."""

from __future__ import annotations

import json
import platform
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version

from markupsafe import Markup

from textmine import __version__
from textmine.analysis.overview import Overview
from textmine.reports.marks import day, figure, listed, said, shown, spans
from textmine.reports.material import Material
from textmine.reports.texts import Both
from textmine.resources import shipped
from textmine.standing import KINDS
from textmine.store.corpus import Corpus

PACKAGES = ("hazm", "spacy", "scikit-learn", "pdfplumber", "scipy", "numpy")

CARD = "README.md"
"""The card of a model, in its folder."""


def versions() -> dict[str, str]:
    """The version of everything that a report depends on; empty when it is not installed."""
    found = {"textmine": __version__, "Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = ""
    return found


def methods(corpus: Corpus, material: Material, seen: Overview, made: datetime) -> Iterator[Markup]:
    """Paragraphs on the corpus, the coder, the software and the day."""
    documents = material.documents
    yield spans(
        said(
            "method-corpus",
            documents=len(documents),
            states=_counted("state", seen.states),
            pages=seen.pages,
            clauses=seen.clauses,
            languages=_counted("language", seen.languages),
            extractors=_names(document.extractor for document in documents),
            segmenters=_names(document.segmenter for document in documents),
            normalisers=_names(document.normaliser for document in documents),
        )
    )
    if material.coders:
        yield from _coders(corpus, material)
    installed = [f"{name} {number or '(not installed)'}" for name, number in versions().items()]
    yield spans(said("method-software", versions=_latin(installed)))
    command = "textmine report"
    if len(material.coders) == 1:
        command += f" --coder {material.coders[0].coder}"
    yield spans(said("method-date", date=day(made.date()), command=_code(command)))


def _coders(corpus: Corpus, material: Material) -> Iterator[Markup]:
    counting = material.counting
    read = [clause for clause in material.clauses if clause.read]
    last = max(each.last for each in material.coders)
    yield spans(
        said(
            "method-coder",
            coder=_code(", ".join(each.coder for each in material.coders)),
            codebook=_code(counting.codebook),
            codes=len(material.codes),
            digest=_code(material.codebook.digest[:12]),
            read=len(read),
            documents=len(counting.coders),
            coded=sum(bool(clause.codings) for clause in read),
            unread=len(material.clauses) - len(read),
            last=day(date.fromisoformat(last[:10])) if last else "–",
        )
    )
    if len(material.coders) > 1:
        shares = Counter(name for of in counting.coders.values() for name in of)
        counted = [f"{name} ({shares[name]})" for name in counting.names]
        yield spans(said("method-several", coders=_code(", ".join(counted))))
    for kind in material.kinds:
        if kind in KINDS:
            yield spans(said(f"method-{kind}"))
    for coder in material.coders:
        kind, _, name = coder.coder.partition(":")
        if kind == "model":
            yield _card(corpus, name)
            trained = _trained_on(corpus, name)
            known = sum(each.sha256.startswith(trained) for each in material.documents)
            if known:
                total = len(material.documents)
                yield spans(said("method-trained-here", known=known, documents=total))
    if material.others:
        others = [f"{each.coder} ({each.codebook})" for each in material.others]
        yield spans(said("method-others", coders=_code(", ".join(others))))


def _card(corpus: Corpus, name: str) -> Markup:
    """A model's card: what it measured, and the whole of it to open.

    The model's folder is the corpus's, else the shipped one.
    """
    places = (corpus.models / name / CARD, shipped("models") / name / CARD)
    card = next((place for place in places if place.is_file()), None)
    if card is None:
        return spans(said("method-no-card"))
    text = card.read_text(encoding="utf-8", errors="replace")
    measured = re.search(r"^## Measured\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return Markup(
        '{}<div class="card" lang="en" dir="ltr">{}<details><summary>{}</summary>{}</details></div>'
    ).format(
        spans(said("method-card")),
        _markdown(measured[1]) if measured else "",
        spans(said("method-whole-card")),
        _markdown(text),
    )


def _trained_on(corpus: Corpus, name: str) -> tuple[str, ...]:
    """How the hashes of the documents begin that a model learned from; empty when not told."""
    for folder in (corpus.models / name, shipped("models") / name):
        if (folder / "model.json").is_file():
            content = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            return tuple(content.get("training", {}).get("sources", ()))
    return ()


def _markdown(text: str) -> Markup:
    """Markdown as HTML without links, pictures and HTML of its own, below the report's headings."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.disable(["link", "image", "autolink"])
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + 3)}"
        elif token.type == "th_open":
            token.attrs["scope"] = "col"
        token.attrs.pop("style", None)  # the page's policy allows none
    return Markup(reader.renderer.render(tokens, reader.options, {}))


def _counted(kind: str, counts: dict[str, int]) -> Both:
    return listed(
        [
            Both(f"{count} {text.en}", f"{figure(count).fa} {text.fa}")
            for name, count in counts.items()
            if count
            for text in [said(f"{kind}.{name}")]
        ]
        or [Both("0", "۰")]
    )


def _names(names: Iterator[str]) -> Both:
    return _latin(sorted({name for name in names if name}) or ["–"])


def _latin(names: list[str]) -> Both:
    """Names and versions: always left to right, in Latin digits."""
    html = Markup('<bdi dir="ltr">{}</bdi>').format(", ".join(names))
    return Both(html, html)


def _code(text: str) -> Both:
    html = Markup('<code dir="ltr">{}</code>').format(shown(text))
    return Both(html, html)
