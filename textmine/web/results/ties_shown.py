"""How pages show ties: in words, with dates in both calendars, with the words of witnesses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import Request

from textmine.records import Tie, TieDate, TieStatus, Witness
from textmine.reports import marks
from textmine.web.language import Interface
from textmine.web.pages import desk, ui
from textmine.web.results.figuring import country_name

if TYPE_CHECKING:
    from textmine.ties.reading import CorpusTies

_NEAR = 240  # characters of a page on each side of what a witness says
_OPEN_NAMES = 60  # names without a place that a page lists


def dated(words: Interface, when: TieDate) -> tuple[str, str]:
    """A date in the calendar of the interface, and in the other one: as exact as it is known.

    A year of one calendar lies in two of the other, and so does a month. An Islamic date stands
    beside them as it was written.

    >>> from datetime import date
    >>> from textmine.web.language import interface
    >>> winter = TieDate("persian", 1380, 11, None, date(2002, 1, 21), date(2002, 2, 19))
    >>> dated(interface("en"), winter), dated(interface("fa"), winter)
    (('January/February 2002', 'Bahman 1380'), ('بهمن ۱۳۸۰', 'ژانویه/فوریه ۲۰۰۲'))
    """
    import jdatetime

    days = when.first, when.last
    solar = tuple(jdatetime.date.fromgregorian(date=each) for each in days)
    _ = words.gettext
    if words.tongue == "fa":
        own = _span(when, solar, marks.PERSIAN_MONTHS)
        other = _span(when, days, marks.MONTHS_PERSIAN, _("AD"))
    else:
        own = _span(when, days, marks.MONTHS)
        other = _span(when, solar, marks.PERSIAN_MONTHS_LATIN, _("SH"))
    if when.calendar == "islamic":
        other = _("%(date)s; %(written)s AH", date=other, written=str(when))
    return words.number(own), words.number(other)


def _span(when: TieDate, days: Sequence[Any], months: Sequence[str], era: str = "") -> str:
    """The days that a date covers in one calendar: a day, a month or two, a year or two."""
    first, last = days
    if when.day is not None:
        return f"{first.day} {months[first.month - 1]} {first.year}"
    if when.month is not None:
        named = [f"{months[each.month - 1]} {each.year}" for each in days]
        if first.year == last.year:
            named[0] = months[first.month - 1]
        if (first.year, first.month) == (last.year, last.month):
            named = named[1:]
        return "/".join(named)
    years = "/".join(dict.fromkeys(str(each.year) for each in days))
    return f"{years} {era}".rstrip()


def line(words: Interface, tie: Tie) -> dict[str, Any]:
    """A tie in words."""
    first = tie.witnesses[0]
    return {
        "tie": tie,
        "city": words.name(dict(tie.city.name)),
        "partner": words.name(dict(tie.partner.name)),
        "country": country_name(words, tie.partner.country),
        "kind": kind_name(words, tie.kind),
        "status": _status(words, tie.status),
        "date": None if tie.date is None else dated(words, tie.date),
        "unreadable": any(each.undated == "unreadable-date" for each in tie.witnesses),
        "href": _address(tie),
        "document": first.document,
        "page": first.page,
    }


def _address(tie: Tie) -> str:
    values = {"city": tie.city.id, "partner": tie.partner.id, "kind": tie.kind}
    return f"/results/ties/one?{urlencode(values)}"


def kind_name(words: Interface, kind: str) -> str:
    """What ties of a kind are called; empty for none."""
    from textmine.ties.merging import KIND_NAMES

    said: dict[str, str] = {each: names[words.tongue == "fa"] for each, names in KIND_NAMES.items()}
    return said.get(kind, kind)


def _status(words: Interface, status: TieStatus) -> str:
    from textmine.ties.merging import STATUS_NAMES

    return STATUS_NAMES[status][words.tongue == "fa"]


def kinds(words: Interface, ties: Sequence[Tie]) -> list[tuple[str, str, int]]:
    """The kinds that there are: each with its name and the number of its ties."""
    count = Counter(tie.kind for tie in ties)
    return [(kind, kind_name(words, kind), n) for kind, n in count.most_common()]


def countries(words: Interface, ties: Sequence[Tie], asked: str = "") -> list[tuple[str, str, int]]:
    """The countries that there are, and the one that is asked for: code, name, number of ties."""
    count = Counter(
        code for tie in ties for code in {tie.partner.country, tie.city.country} if code
    )
    if asked:
        count[asked] += 0  # it is listed even where it has none
    return [(code, country_name(words, code), n) for code, n in count.most_common()]


def cities(ties: Sequence[Tie]) -> list[str]:
    """Names of cities that can be asked for, in both languages."""
    return sorted({name for tie in ties for name in tie.city.name.values()})


def pairs(words: Interface, ties: Sequence[Tie]) -> list[dict[str, Any]]:
    """The same in words, for those who do not see the picture: city by city."""
    cities: dict[str, list[Tie]] = {}
    for each in ties:
        cities.setdefault(each.city.id, []).append(each)
    return [
        {
            "city": words.name(dict(own[0].city.name)),
            "partners": [
                (words.name(dict(each.partner.name)), kind_name(words, each.kind), _address(each))
                for each in own
            ],
        }
        for own in sorted(cities.values(), key=len, reverse=True)
    ]  # fmt: skip


def open_names(words: Interface, known: CorpusTies) -> list[dict[str, Any]]:
    """Names that became no tie, and why."""
    _ = words.gettext
    reasons = {
        "unknown": _("no place of that name is known"),
        "ambiguous": _("several places bear the name"),
        "no-home": _("whose partner it is, nothing says"),
        "several-parties": _("an agreement of more than two"),
        "denied": _("the sentence denies it"),
        "supposed": _("the sentence only proposes it"),
    }
    groups: dict[tuple[str, str], Any] = {}
    for each in known.unresolved:
        groups.setdefault((each.written, each.reason), each)
    return [
        {"written": written, "why": reasons.get(reason, reason), "document": each.document,
         "page": each.page}
        for (written, reason), each in list(groups.items())[:_OPEN_NAMES]
    ]  # fmt: skip


def told_by(request: Request, witness: Witness) -> dict[str, Any]:
    """One witness with its words: those of its clause, else those around it on its page."""
    words, corpus = ui(request), desk(request).corpus
    document = corpus.catalogue.documents(numbers=[witness.document])[0]
    clause = corpus.catalogue.clause_at(witness.document, witness.spans[0].start) if (
        witness.spans
    ) else None  # fmt: skip
    found = {
        "it": witness,
        "title": document.title,
        "kind": kind_name(words, witness.kind),
        "status": _status(words, witness.status),
        "date": None if witness.date is None else dated(words, witness.date),
        "clause": clause,
        "before": "",
        "words": "",
        "after": "",
        "language": "und",
    }
    if clause is None and witness.spans:
        starts = corpus.catalogue.page_starts(witness.document)
        text = next(
            (page.text for page in corpus.catalogue.pages(witness.document)
             if page.number == witness.page),
            "",
        )  # fmt: skip
        start = witness.spans[0].start - starts.get(witness.page, 0)
        end = witness.spans[-1].end - starts.get(witness.page, 0)
        if 0 <= start < end <= len(text):
            from textmine.text.language import language_of

            found |= {
                "before": text[max(0, start - _NEAR) : start],
                "words": text[start:end],
                "after": text[end : end + _NEAR],
                "language": language_of(text[start:end]),
            }
    return found
