"""What is said of queries, in the language of the interface, and where their faults are."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from markupsafe import Markup, escape

from textmine.errors import UsageError
from textmine.reports import marks
from textmine.search.query.faults import QueryError, Sentence, at_fault
from textmine.search.query.fields import EXAMPLES, FIELDS
from textmine.text.language import language_of
from textmine.web.finding.fields import example_of, typed_field
from textmine.web.language import Interface, attributes, own
from textmine.web.pages import ui
from textmine.web.said import said

_LISTS = ("known", "listed")  # values of sentences that are enumerations


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a query cannot be understood, and the query with its fault marked, where it has one.

    ``repaired`` are queries that were perhaps meant.
    """

    sentence: Markup
    query: Markup
    repaired: tuple[str, ...] = ()


def fault_of(request: Request, error: UsageError, query: str) -> Fault:
    """A fault for people; ``query`` is as it was understood, saved searches in their places."""
    if not isinstance(error, QueryError):
        return Fault(said(ui(request), str(error)), Markup(""))
    repaired: tuple[str, ...] = ()
    if error.at is not None:
        start, end = at_fault(query, error.at)
        meant = meant_in(error.sentence)
        wrong = query[start : _end_of_value(query, start, end)] if meant else ""
        repaired = tuple(f"{query[:start]}{each}{query[start + len(wrong) :]}" for each in meant)
    return Fault(spoken(ui(request), error.sentence), marked_query(query, error.at), repaired)


def meant_in(sentence: str) -> tuple[str, ...]:
    """What a sentence says was perhaps meant, as it would be typed."""
    if not isinstance(sentence, Sentence):
        return ()
    for part in (sentence, *sentence.parts):
        if "meant" in part.values:
            return tuple(str(part.values["meant"]).split(" or "))
    return ()


def _end_of_value(query: str, start: int, end: int) -> int:
    """Where the whole value ends of which a fault is the first word."""
    closing = {'"': '"', "«": "»", "“": "”"}.get(query[start - 1 : start], "")
    if closing:
        return max(end, query.find(closing, end))
    while end < len(query) and (query[end].isalnum() or query[end] in "-_\u200c"):
        end += 1
    return end


def marked_query(query: str, at: int | None) -> Markup:
    """A query with the word or the sign at fault marked; nothing where no place is at fault."""
    if at is None:
        return Markup("")
    start, end = at_fault(query, at)
    parts = query[:start], query[start:end] or "…", query[end:]
    before, wrong, after = map(marks.shown, parts)
    html = '<span class="query" {}>{}<mark class="wrong">{}</mark>{}</span>'
    return Markup(html).format(attributes(language_of(query)), before, wrong, after)


def spoken(ui: Interface, sentence: str) -> Markup:
    """A sentence of the search in the language of the interface; its values are isolated.

    >>> from textmine.web.language import interface
    >>> spoken(interface("en"), Sentence("No clause has %(piece)s.", piece="code:x"))
    Markup('No clause has <bdi lang="en" dir="ltr">code:x</bdi>.')
    """
    if not isinstance(sentence, Sentence):
        return said(ui, sentence)
    if sentence.parts:
        return Markup(" ").join(spoken(ui, part) for part in sentence.parts)
    values = {name: _value(ui, name, value) for name, value in sentence.values.items()}
    text = ui.gettext(sentence.message)
    return Markup(escape(text)) % values if values else escape(text)


def _value(ui: Interface, name: str, value: object) -> Markup:
    if isinstance(value, Sentence):
        return spoken(ui, value)
    if isinstance(value, int):
        return escape(ui.number(value))
    text = str(value)
    if name == "field" and text in FIELDS:
        text = typed_field(ui.tongue, text)
    elif name == "example":
        text = next((example_of(ui, each) for each in FIELDS if EXAMPLES[each] == text), text)
    elif name in _LISTS:
        between = Markup("، " if ui.tongue == "fa" else ", ")
        return between.join(own(each) for each in text.split(", "))
    elif name == "meant":
        return Markup(escape(ui.gettext(" or "))).join(own(each) for each in text.split(" or "))
    return escape(marks.in_digits(text, ui.tongue)) if text.isdecimal() else own(text)
