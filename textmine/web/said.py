"""Sentences of what lies below the workbench (errors, warnings, reasons) in its language.

They are raised and stored in English. ``messages/LANGUAGE/said.po`` has those that people meet,
with ``%(name)s`` for each value; the English one has, for some, what to do in the browser in place
of a command. What is in neither stays as it is.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po
from markupsafe import Markup

from textmine.web.language import TONGUES, Interface, own

_VALUE = re.compile(r"%\((\w+)\)s")
_REASON = re.compile(r" \[[a-z-]+\]$")
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?: ?%)?")
_COUNT = re.compile(r"([\d,]+) (clause|document|page|decision)s?")
_PAGES = re.compile(r"pages? (\d+(?:, \d+)*)(?: and (\d+) more)?")
_LANGUAGES = {"Persian": "language.fa", "English": "language.en"}
_BETWEEN = re.compile(r"(?<=[.?!]) (?=[A-Z])")

_LONGEST = 600
"""Characters of a sentence that is looked for among those known; no sentence of ours is longer, and
to look for one in what someone sends takes time that grows with its square."""


def said(ui: Interface, sentence: str) -> Markup:
    """One sentence or several in the language of the interface, where they are known.

    Values are isolated; a value may be a sentence itself. What is not known is told as it is, in
    its own direction; what was said already (Markup) stays as it is.

    >>> from textmine.web.language import interface
    >>> said(interface("fa"), "The query is empty?! (nobody says so)")
    Markup('<bdi lang="en" dir="ltr">The query is empty?! (nobody says so)</bdi>')
    """
    if isinstance(sentence, Markup):
        return sentence
    if len(sentence) > _LONGEST:
        return own(sentence)
    sentence = _REASON.sub("", sentence)
    known = _known_in(ui, sentence)
    if known is not None:
        return known
    parts = _BETWEEN.split(sentence)
    told = [_known_in(ui, part) for part in parts]
    if len(parts) == 1 or not any(told):
        return own(sentence)
    return Markup(" ").join(
        own(part) if there is None else there for part, there in zip(parts, told, strict=True)
    )


def _known_in(ui: Interface, sentence: str) -> Markup | None:
    for pattern, message in patterns():
        match = pattern.fullmatch(sentence)
        if match:
            values = {name: _value(ui, value) for name, value in match.groupdict().items()}
            return Markup(ui.gettext(message)) % values if values else own(ui.gettext(message))
    return None


def _value(ui: Interface, value: str) -> Markup | str:
    if _FIGURE.fullmatch(value):
        return ui.number(value)
    if value in _LANGUAGES:
        return ui.term(_LANGUAGES[value])
    return _counted(ui, value) or (said(ui, value) if " " in value else own(value))


def _counted(ui: Interface, value: str) -> str:
    """What is counted (``3 clauses of 2 documents``, ``pages 1, 2``); empty for anything else."""
    pages = _PAGES.fullmatch(value)
    if pages:
        numbers = ui.gettext(", ").join(map(ui.number, pages[1].split(", ")))
        if pages[2]:
            numbers = ui.gettext("%(pages)s and %(n)s more", pages=numbers, n=int(pages[2]))
        if pages[1].isdecimal():
            return ui.gettext("page %(page)s", page=numbers)
        return ui.gettext("pages %(pages)s", pages=numbers)
    some, of, whole = value.partition(" of ")
    if of:
        part, all_ = _counted(ui, some), _counted(ui, whole)
        return ui.gettext("%(part)s of %(all)s", part=part, all=all_) if part and all_ else ""
    count = _COUNT.fullmatch(value)
    if count is None:
        return ""
    n = int(count[1].replace(",", ""))
    return {
        "clause": ui.ngettext("%(n)s clause", "%(n)s clauses", n),
        "document": ui.ngettext("%(n)s document", "%(n)s documents", n),
        "page": ui.ngettext("%(n)s page", "%(n)s pages", n),
        "decision": ui.ngettext("%(n)s decision", "%(n)s decisions", n),
    }[count[2]]


@cache
def patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The sentences that are known; those with the most words of their own are tried first."""
    known = set()
    for tongue in TONGUES:
        file = files("textmine.web") / "messages" / tongue / "said.po"
        with file.open("rb") as stream:
            known |= {str(entry.id) for entry in read_po(stream, locale=tongue) if entry.id}
    longest = sorted(known, key=lambda message: (-len(_VALUE.sub("", message)), message))
    return tuple((_pattern(message), message) for message in longest)


def _pattern(message: str) -> re.Pattern[str]:
    # Of a sentence with values each % of its own is doubled.
    pieces = _VALUE.split(message)
    is_filled = len(pieces) > 1
    texts = [piece.replace("%%", "%") if is_filled else piece for piece in pieces[::2]]
    pattern = re.escape(texts[0])
    names: set[str] = set()
    for name, text in zip(pieces[1::2], texts[1:], strict=True):
        pattern += f"(?P={name})" if name in names else f"(?P<{name}>.*?)"
        pattern += re.escape(text)
        names.add(name)
    return re.compile(pattern, re.DOTALL)
