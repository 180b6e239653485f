"""What all pages of results share: figures counted once, links to clauses, sentences, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from textmine.analysis.crosstabs import Independence, Untested
from textmine.analysis.trends import Lacking
from textmine.care.taking_back import trail
from textmine.errors import CorpusError
from textmine.reports import marks
from textmine.reports.texts import Both
from textmine.web.language import Interface, own
from textmine.web.pages import attached, desk, is_part
from textmine.web.results import counting
from textmine.web.results.labels import Label
from textmine.web.work.computing import Computed
from textmine.web.work.works import works

if TYPE_CHECKING:
    from textmine.figures import Figure

SURE = 0.05
"""A p-value below which a mark is set."""

_DIRECT = 400  # characters of a query that a link in a table carries itself

Field = Annotated[str, Query(max_length=200)]
"""What the address of a result says; longer than anything that there is to choose."""

Picture = Literal["svg", "png"]


def asked(request: Request, function: str, **values: str | int) -> Computed:
    """The figures that ``function`` of :mod:`textmine.web.results.counting` gives.

    Of a small corpus at once; of a large one when a process has counted them.
    """
    here = desk(request)
    file = here.corpus.codebook_file.stat()
    mark = (here.corpus.catalogue.last_change(), file.st_mtime_ns)
    if works(request).is_large():
        return works(request).computed(
            f"textmine.web.results.counting:{function}", mark=mark, **values
        )
    count: Callable[..., Any] = getattr(counting, function)
    key = (function, *sorted(values.items()))
    value = here.remember(key, lambda: count(here.corpus, _quiet, **values), mark=mark)
    return Computed(value, fresh=True)


def _quiet(*_: object) -> None:
    """A small corpus is counted before anything could be told."""


def documents_mark(request: Request) -> tuple[object, ...]:
    """Changes whenever documents do, and not when people code them."""
    catalogue = desk(request).corpus.catalogue
    last = trail(catalogue, limit=1, what=("added", "metadata", "restored", "trail-begun"))
    return ("documents", last[0].id if last else 0, catalogue.document_count())


def settled(found: Computed) -> Any:
    """Figures for a file; a file cannot say that they are not there yet."""
    if found.value is None:
        raise CorpusError(
            found.fault or "The figures are still being computed. Try again in a moment."
        )
    return found.value


# -- links -----------------------------------------------------------------------------------------


def behind(*parts: tuple[Label, str], home: str = "") -> str:
    """The address of the clauses that all ``parts`` ask for; "" where that cannot be asked.

    Each part is a row or a column and what rows or columns are of. A long query, as of the numbers
    of many documents, is put together only when someone wants it.
    """
    if not all(label.query for label, _ in parts):
        return ""
    query = " ".join(dict.fromkeys(label.query for label, _ in parts))
    listing = [(label, by) for label, by in parts if _lists_documents(label.query)]
    if len(query) <= _DIRECT or not listing:
        return searched(query)
    rest = " ".join(label.query for label, _ in parts if not _lists_documents(label.query))
    values = [("by", by) for _, by in listing] + [("row", label.id) for label, _ in listing]
    values += [(name, value) for name, value in (("home", home), ("and", rest)) if value]
    return f"/results/clauses?{urlencode(values)}"


def _lists_documents(query: str) -> bool:
    return query.lstrip("-").startswith("document:")


def searched(query: str) -> str:
    """The address of the clauses that a query finds."""
    return f"/search?{urlencode({'q': query})}"


# -- sentences -------------------------------------------------------------------------------------


def named(words: Interface, label: Label) -> str:
    """A row or column as the page calls it; what comes from a document is isolated."""
    name = words.of(label.name)
    if label.stored and label.name.en != label.name.fa:  # it begins in the reader's language
        html = Markup('<bdi lang="{}" dir="{}">{}</bdi>')
        return html.format(words.tongue, words.direction, marks.shown(_cut(name)))
    return own(_cut(name)) if label.stored else name


def country_name(words: Interface, code: str) -> str:
    """What a country is called; empty for none."""
    if not code:
        return ""
    from textmine.places import gazetteer

    return words.name(dict(gazetteer().country(code).name), code)


def _cut(title: str, length: int = 90) -> str:
    """A title short enough for a row: in its first language, at most that long."""
    first = title.split(" / ")[0]
    return first if len(first) <= length else first[: length - 1].rsplit(" ", 1)[0] + "…"


def tested(words: Interface, test: Independence | Untested) -> list[str]:
    """What a test of independence says, in sentences."""
    from textmine.reports.tables import test_sentences

    return [words.of(each) for each in test_sentences(test)]


def lacking(words: Interface, found: Lacking) -> str:
    """Why there is no figure."""
    _ = words.gettext
    return {
        "nothing": _("there is nothing to count"),
        "few-documents": _("there are too few documents"),
        "one-period": _("there is only one year or period"),
        "all-alike": _("all are alike, so nothing can rise or fall"),
        "overlap": _("the two groups have a period in common"),
        "side-alike": _("the documents of one side are all alike"),
    }[found.reason]


def chance(words: Interface, p: float) -> str:
    """A p-value, as ``= 0.02`` or ``< 0.001``."""
    return words.of(marks.p_value(p))


def left_out(words: Interface, reasons: Mapping[str, int]) -> list[str]:
    """How many documents have no row, and why."""
    _ = words.gettext
    said = {
        "unknown": _("not known"),
        "no-date": _("no date"),
        "straddles": _("the date is known too roughly"),
        "not-in-scheme": _("no group takes it"),
        "not-a-country": _("no country known"),
    }
    return [
        words.ngettext(
            "%(n)s document has no row: %(why)s.",
            "%(n)s documents have no row: %(why)s.",
            count,
            why=said.get(reason, reason),
        )
        for reason, count in reasons.items()
    ]


# -- files -----------------------------------------------------------------------------------------


def file_name(*parts: str) -> str:
    """What a file is called, by what it is about; parts that are empty are left out.

    >>> file_name("ties-map", "", "TR"), file_name("code-by-my field/2")
    ('ties-map-TR', 'code-by-my-field-2')
    """
    return re.sub(r"[^\w.-]+", "-", "-".join(filter(None, parts)))[:100]


def picture(request: Request, figure: Figure, suffix: Picture, name: str) -> Response:
    """A figure as a file; for a page that fetches it (htmx) as a piece of that page."""
    if suffix == "svg" and is_part(request):
        return HTMLResponse(figure.svg(own_font=False))  # the page has the font
    data = figure.svg().encode() if suffix == "svg" else figure.png()
    return attached(f"{name}.{suffix}", lambda file: file.write_bytes(data))


def both(words: Interface, text: Both) -> str:
    """The text of the two that is in the language of the interface, as plain text."""
    return str(words.of(text))
