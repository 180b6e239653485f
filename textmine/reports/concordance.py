"""A concordance as one HTML file that needs nothing else: for reading on paper or in a browser.

One table for each language, in the direction of its writing: in Persian what comes before the match
stands at its right. The match is in the middle, in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup, escape

from textmine import __version__
from textmine.records import Language
from textmine.reports.marks import direction, in_digits, own, shown, titled
from textmine.reports.sheet import fonts, policy, write_page
from textmine.reports.texts import Both
from textmine.search.concordance import Place, Sort
from textmine.text.unseen import plain

MOST = 5000
"""So many places a browser shows with ease; more belong in a table."""

_SORTS: dict[Sort, Both] = {
    "document": Both("in the order of the documents", "به ترتیب اسناد"),
    "before": Both("by the words before", "به ترتیب واژه‌های پیش از آن"),
    "after": Both("by the words after", "به ترتیب واژه‌های پس از آن"),
    "match": Both("by the words found", "به ترتیب خود واژه‌ها"),
    "date": Both("by date", "به ترتیب تاریخ"),
}
_HEADS = (
    Both("No.", "ردیف"),
    Both("before", "پیش از آن"),
    Both("match", "یافته"),
    Both("after", "پس از آن"),
    Both("document, page", "سند، صفحه"),
)
_CLASSES = ("no", "before", "match", "after", "source")


class Listed(NamedTuple):
    """What a page says of the concordance beside its places."""

    query: str
    sort: Sort
    total: int
    clauses: int


def write_concordance(to: Path, listed: Listed, places: Sequence[Place], width: int) -> int:
    """Write ``places`` as a page with ``width`` columns of text on either side of each match.

    The whole clause of each place is its tooltip. The file is whole or not there; returns its size
    in bytes. InputError when it cannot be written.
    """
    return write_page(to, _page(listed, places, width))


def _page(listed: Listed, places: Sequence[Place], width: int) -> Iterator[str]:
    own_style = files("textmine.reports") / "templates" / "concordance.css"
    style = fonts() + own_style.read_text(encoding="utf-8")
    numbered = list(enumerate(places, 1))
    languages: dict[Language, list[tuple[int, Place]]] = {}
    for each in numbered:
        languages.setdefault(each[1].language, []).append(each)
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy(style, ""))}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="textmine {__version__}">\n'
        f"<title>{escape(plain(listed.query))}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )
    yield f"<h1>{own(listed.query)}</h1>\n"
    yield from _told(listed, len(places))
    for language, found in languages.items():
        yield from _table(language, found, width)
    yield "</body>\n</html>\n"


def _told(listed: Listed, shown_places: int) -> Iterator[Markup]:
    sort = _SORTS[listed.sort]
    made = datetime.now(UTC).date().isoformat()
    english = f"{listed.total:,} places in {listed.clauses:,} clauses, {sort.en}"
    persian = (
        f"{in_digits(listed.total, 'fa')} جا در {in_digits(listed.clauses, 'fa')} بند، {sort.fa}"
    )
    if shown_places < listed.total:
        english += f"; the first {shown_places:,} are shown"
        persian += f"؛ {in_digits(shown_places, 'fa')} جای نخست آمده است"
    yield Markup('<p lang="en" dir="ltr">{}. textmine {}, {}.</p>\n').format(
        english, __version__, made
    )
    yield Markup('<p lang="fa" dir="rtl">{}.</p>\n').format(persian)


def _table(language: Language, found: Iterable[tuple[int, Place]], width: int) -> Iterator[Markup]:
    yield Markup("<table {}>\n<thead><tr>").format(direction(language))
    for head, name in zip(_HEADS, _CLASSES, strict=True):
        text = head.fa if language == "fa" else head.en
        yield Markup('<th scope="col" class="{}">{}</th>').format(name, text)
    yield Markup("</tr></thead>\n<tbody>\n")
    for number, place in found:
        context = place.context(width)
        cells = (
            escape(in_digits(number, language)),
            shown(context.before),
            shown(context.match),
            shown(context.after),
            Markup("{}{} {}").format(
                titled(place.title),
                "،" if language == "fa" else ",",
                in_digits(place.page, language),
            ),
        )
        whole = plain(" ".join(place.text.split()))
        yield Markup('<tr {} title="{}">').format(direction(language), whole)
        for cell, name in zip(cells, _CLASSES, strict=True):
            yield Markup('<td class="{}">{}</td>').format(name, cell)
        yield Markup("</tr>\n")
    yield Markup("</tbody>\n</table>\n")
