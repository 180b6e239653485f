"""Ties by what is asked for, and as rows of a table."""

from __future__ import annotations

from datetime import date as Day
from typing import Any

from textmine.records import Tie, TieDate, Witness
from textmine.store.sheets import Column
from textmine.text.fold import fold_key
from textmine.ties.reading import CorpusTies

COLUMNS = (
    Column("city", "شهر (انگلیسی)", 20),
    Column("city_fa", "شهر", 20),
    Column("country", "کشور"),
    Column("partner", "شریک (انگلیسی)", 20),
    Column("partner_fa", "شریک", 20),
    Column("partner_country", "کشور شریک"),
    Column("kind", "نوع"),
    Column("instrument", "نام سند پیوند", 30),
    Column("date", "تاریخ"),
    Column("calendar", "گاه‌شماری"),
    Column("first", "نخستین روز، میلادی"),
    Column("last", "واپسین روز، میلادی"),
    Column("undated", "چرا بی‌تاریخ"),
    Column("status", "وضعیت"),
    Column("confidence", "اطمینان"),
    Column("document", "سند"),
    Column("title", "عنوان سند", 40),
    Column("page", "صفحه"),
    Column("witnesses", "شاهدها"),
    Column("disagreements", "اختلاف شاهدها", 40),
)
"""The columns of a table of ties."""


def is_of(tie: Tie, name: str | None) -> bool:
    """Whether a tie is of the place of that name, in any spelling."""
    if name is None:
        return True
    key = fold_key(name)
    names = {each for place in (tie.city, tie.partner) for each in place.name.values()}
    names |= {witness.written for witness in tie.witnesses}
    return any(fold_key(each) == key for each in names)


def is_in(date: TieDate | None, since: int | None, until: int | None) -> bool:
    """Whether a date lies between two years, each of the calendar that its number tells."""
    if since is None and until is None:
        return True
    if date is None:
        return False
    return (since is None or _year(date.last, since) >= since) and (
        until is None or _year(date.first, until) <= until
    )


_LAST_PERSIAN_YEAR = 1499


def _year(day: Day, beside: int) -> int:
    """The year of a day in the calendar of another year."""
    if beside > _LAST_PERSIAN_YEAR:
        return int(day.year)
    from jdatetime import date as persian_date

    return int(persian_date.fromgregorian(date=day).year)


def tie_json(tie: Tie, told: CorpusTies) -> dict[str, Any]:
    """A tie as an object: both cities, what ties them, since when, and who says so."""
    first = tie.witnesses[0]
    dating = next((each for each in tie.witnesses if each.date), first)
    return {
        "city": tie.city.name["en"],
        "country": tie.city.country,
        "partner": tie.partner.name["en"],
        "partner_country": tie.partner.country,
        "kind": tie.kind,
        "date": str(tie.date) if tie.date else None,
        "calendar": tie.date.calendar if tie.date else None,
        "document": first.document,
        "page": first.page,
        "title": told.titles.get(first.document, ""),
        "city_fa": tie.city.name.get("fa", ""),
        "partner_fa": tie.partner.name.get("fa", ""),
        "instrument": tie.instrument,
        "status": tie.status,
        "first": tie.date.first.isoformat() if tie.date else None,
        "last": tie.date.last.isoformat() if tie.date else None,
        "undated": "" if tie.date else dating.undated,
        "confidence": first.confidence,
        "disagreements": [{"code": each.code, **each.message} for each in tie.disagreements],
        "witnesses": [_witness(each) for each in tie.witnesses],
    }


def _witness(witness: Witness) -> dict[str, Any]:
    spans = witness.spans
    return {
        "document": witness.document,
        "page": witness.page,
        "start": spans[0].start if spans else None,
        "end": spans[-1].end if spans else None,
        "spans": [list(span) for span in spans],
        "form": witness.form,
        "written": witness.written,
        "kind": witness.kind,
        "date": str(witness.date) if witness.date else None,
        "calendar": witness.date.calendar if witness.date else None,
        "undated": witness.undated,
        "instrument": witness.instrument,
        "status": witness.status,
        "confidence": witness.confidence,
    }


def tie_row(told: dict[str, Any]) -> dict[str, Any]:
    """An object of ``tie_json`` as a row of a table."""
    return {
        **told,
        "witnesses": len(told["witnesses"]),
        "disagreements": [fault["en"] for fault in told["disagreements"]],
    }
