"""What all pages of results share: figures counted once, links to clauses, files to take away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from textmine import __version__
from textmine.analysis.crosstabs import Independence, Untested
from textmine.analysis.trends import Lacking
from textmine.care.taking_back import trail
from textmine.reports.marks import p_value
from textmine.reports.texts import Both
from textmine.web.language import Interface, own
from textmine.web.pages import desk, is_part, ui
from textmine.web.results import counting
from textmine.web.results.counting import About
from textmine.web.results.labels import Label
from textmine.web.work.computing import Computed
from textmine.web.work.works import works

if TYPE_CHECKING:
    from textmine.figures import Figure
    from textmine.store.sheets import Column

SURE = 0.05
"""A p-value below which a mark is set."""

_DIRECT = 400  # characters of a query that a link in a table carries itself

Picture = Literal["svg", "png"]
Sheet = Literal["xlsx", "csv"]

_MEDIA = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
        raise HTTPException(503, found.fault or "Still being computed.", {"retry-after": "2"})
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
    return own(_cut(name)) if label.stored else name


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
    return words.of(p_value(p))


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


def picture(request: Request, figure: Figure, suffix: Picture, name: str) -> Response:
    """A figure as a file; for a page that fetches it (htmx) as a piece of that page."""
    if suffix == "svg" and is_part(request):
        return HTMLResponse(figure.svg(own_font=False))  # the page has the font
    data = figure.svg().encode() if suffix == "svg" else figure.png()
    return attached(data, suffix, name)


def sheet(
    request: Request,
    name: str,
    suffix: Sheet,
    columns: Sequence[Column | str],
    rows: Iterable[Mapping[str, object]],
    about: About | None = None,
) -> Response:
    """A table as a file, in the language of the interface; no cell is run as a formula."""
    from textmine.store.sheets import Column, write_table

    told: list[tuple[Column | str, object]] = [
        (Column("corpus", "پیکره"), desk(request).name),
        (Column("question", "پرسش"), str(request.url.query)),
        (Column("textmine", "textmine"), __version__),
    ]
    if about is not None:
        told += [
            (Column("codings of", "کدگذاری"), list(about.coders)),
            (Column("codebook", "کدنامه"), about.codebook),
        ]
    with TemporaryDirectory() as folder:
        place = Path(folder, f"table.{suffix}")
        write_table(place, columns, rows, told, language=ui(request).tongue)
        return attached(place.read_bytes(), suffix, name)


def attached(data: bytes, suffix: str, name: str) -> Response:
    """A file to take away: ``name`` and ``suffix`` are what it is called."""
    called = quote(f"{name}.{suffix}")
    heads = {"content-disposition": f"attachment; filename*=UTF-8''{called}"}
    return Response(data, media_type=_MEDIA[suffix], headers=heads)


def both(words: Interface, text: Both) -> str:
    """The text of the two that is in the language of the interface, as plain text."""
    return str(words.of(text))
