"""What is said of queries, in the language of the interface, and where their faults are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import Request
from markupsafe import Markup, escape

from textmine.errors import UsageError
from textmine.metadata.table import KINDS
from textmine.reports import marks
from textmine.search.query.faults import QueryError, Sentence, at_fault, shortened
from textmine.search.query.fields import EXAMPLES, FIELDS
from textmine.text.fold import fold_key
from textmine.text.language import language_of
from textmine.web.finding.fields import example_of, typed_field
from textmine.web.language import Interface, attributes, own
from textmine.web.pages import ui
from textmine.web.said import said

_LISTS = ("known", "listed")  # values of sentences that are enumerations
_OPENING = {'"': '"', "«": "»", "“": "”"}  # marks of quotation, and what closes each
_KINDS_FA = {name: kind for kind, names in KINDS.items() for name in names if not name.isascii()}
_GAP = re.compile(r"\s+")
_NUMBERED = re.compile(r"(.+) \((\d+)\)", re.DOTALL)


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
        end = _end_of_value(query, start, end) if meant else end
        if query[start - 1 : start] in _OPENING:
            meant = tuple(each.strip('"«»') for each in meant)
        repaired = tuple(
            f"{query[:start]}{each}{query[_end_of_words(query, start, end, each) :]}"
            for each in meant
        )
        if "whole" in _values_of(error.sentence):  # a field with a space behind its colon
            colon = query.find(":", start) + 1
            repaired = (query[:colon] + query[colon:].lstrip(),)
    return Fault(spoken(ui(request), error.sentence), marked_query(query, error.at), repaired)


def meant_in(sentence: str) -> tuple[str, ...]:
    """What a sentence says was perhaps meant, as it would be typed."""
    meant = _values_of(sentence).get("meant")
    return tuple(str(meant).split(" or ")) if meant else ()


def _values_of(sentence: str) -> dict[str, object]:
    """The values of a sentence and its parts."""
    parts = (sentence, *sentence.parts) if isinstance(sentence, Sentence) else ()
    return {name: value for part in parts for name, value in part.values.items()}


def _end_of_words(query: str, start: int, end: int, meant: str) -> int:
    """Where what was meant ends in the query, if its first word was taken for all of it."""
    wanted = _letters(meant)
    for stop in (*(each.start() for each in _GAP.finditer(query, end)), len(query)):
        typed = _letters(query[start:stop])
        if typed == wanted:
            return stop
        if not wanted.startswith(typed):
            break
    return end


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold_key(text)))


def _end_of_value(query: str, start: int, end: int) -> int:
    """Where the whole value ends of which a fault is the first word."""
    closing = _OPENING.get(query[start - 1 : start], "")
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
        examples = (own(_example(ui, each)) for each in text.split(" or "))
        return Markup(escape(ui.gettext(" or "))).join(examples)
    elif name in _LISTS:
        between = Markup("، " if ui.tongue == "fa" else ", ")
        return between.join(_piece(ui, each) for each in text.split(", "))
    elif name == "piece":
        return _piece(ui, text)
    elif name == "meant":
        return Markup(escape(ui.gettext(" or "))).join(own(each) for each in text.split(" or "))
    return escape(marks.in_digits(text, ui.tongue)) if text.isdecimal() else own(text)


def _example(ui: Interface, text: str) -> str:
    """An example as people who use the interface in this language type it."""
    known = next((example_of(ui, each) for each in FIELDS if EXAMPLES[each] == text), "")
    field, colon, value = text.partition(":")
    if known or field not in FIELDS:
        return known or text
    return f"{typed_field(ui.tongue, field)}{colon}{marks.in_digits(value, ui.tongue)}"


def _piece(ui: Interface, text: str) -> Markup:
    """A part of a query as it is typed in the language of the interface, with its number if any."""
    numbered = _NUMBERED.fullmatch(text)
    if numbered:
        return Markup("{} ({})").format(own(_typed(ui, numbered[1])), ui.number(int(numbered[2])))
    return own(_typed(ui, text))


def _typed(ui: Interface, piece: str) -> str:
    field, colon, value = piece.partition(":")
    if colon and ui.tongue == "fa" and field in FIELDS:
        value = marks.in_digits(value, "fa") if value.strip(".").isdecimal() else value
        return f"{typed_field('fa', field)}{colon}{value}"
    if piece in _KINDS_FA:  # the table has them without their half-spaces
        return ui.term(f"kind.{_KINDS_FA[piece]}")
    return shortened(piece)
