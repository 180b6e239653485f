"""One spelling for what is written in many: the normalised view of a text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from textmine.records import Language, Span
from textmine.text import persian
from textmine.text.hyphens import hyphen_edits
from textmine.text.letters import ARABIC_LETTERS
from textmine.text.offsets import Edit, View
from textmine.text.tokens import EMAIL_PATTERN, URL_PATTERN

_RULES = "2"  # raised when normalised views come out differently

# Web and mail addresses, DOIs, file names and code in backticks are never changed. Decimals, dates
# and Latin words need no guard: no rule acts between digits or on Latin letters.
_PROTECTED = re.compile(
    rf"{URL_PATTERN}|{EMAIL_PATTERN}|`[^`\n]+`"
    r"|[^\s<>\"«»“”„()،؛؟]{1,200}\.(?:pdf|docx?|xlsx?|pptx?|txt|html?|csv|json|xml|zip|jpe?g|png|py)(?![A-Za-z0-9_])"
)
# Script with all its signs and digits.
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefe]")
_WIDE = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_SPACES = re.compile(
    rf"(?P<line>\r\n?)|(?P<edge>(?:\A|(?<=[\n\r\f]))[ {_WIDE}]+|[ {_WIDE}]+(?=[\n\r\f]|\Z))"
    rf"|[{_WIDE}][ {_WIDE}]*|\ [ {_WIDE}]+"
)
Step = Callable[[str], Iterable[Edit]]

_LIGATURES = re.compile("[\ufb00-\ufb06]")
# In English text nothing unseen has a meaning; beside Arabic letters persian.py decides.
_UNSEEN = re.compile(
    rf"(?<![{ARABIC_LETTERS}])[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e"
    rf"\u2060-\u206f\ufeff]+(?![{ARABIC_LETTERS}])"
)


def normalise(text: str, language: Language | None = None, *, halfspaces: bool = True) -> View:
    """The normalised view of ``text``; normalising its text again changes nothing.

    Persian: letters of Arabic keyboards, presentation forms and Arabic-Indic digits become
    Persian ones; vowel marks, kashida and unseen characters go; the hamza of the ezafe stays;
    quotation marks are guillemets; spaces stand around punctuation as printers set them; and,
    with ``halfspaces``, the half-spaces that were lost come back (``halfspaces.restore``).
    English: typographic ligatures are taken apart; a word that the end of a line parted is whole
    again where a rule tells that the hyphen is none of its own (``hyphens``). Both: runs of spaces
    become one, spaces at the edges of lines go; other line feeds, tabs and page breaks stay.

    Each word is treated by its own script; ``language="en"`` leaves Arabic script alone. Web and
    mail addresses, DOIs, file names, numbers and Latin words are never changed.

    >>> normalise("كتابهاي  ما ( نامۀ ۳.۲ ) در www.x.ir").text
    'کتاب‌های ما (نامهٔ ۳.۲) در www.x.ir'
    """
    steps = _steps(text, language, halfspaces)
    view = _after(text, steps)
    before = text
    # What was dropped may have parted an address that is one now: then its guard has moved.
    while view.text != before and _guarded(view.text) != _guarded(before):
        before = view.text
        view = view.then(_after(before, steps))
    return view


def restored_in(text: str, language: Language | None = None) -> tuple[tuple[int, float], ...]:
    """Where ``normalise(text, language)`` puts half-spaces back: places in its text, and how sure,
    from 0 to 1. Behind a letter that never joins only the lost space is taken, at that place.

    >>> [(at, sure > 0.9) for at, sure in restored_in("كتاب هاي ما")]
    [(4, True)]
    """
    from textmine.text.halfspaces import restored  # loads its weights when called

    steps = _steps(text, language, halfspaces=True)
    if _half_space_edits not in steps:
        return ()
    own = steps.index(_half_space_edits)
    before = _after(text, steps[:own]).text
    edits = list(_outside(protected(before), _half_space_edits(before)))
    sure = {edit: confidence for edit, confidence in restored(before)}
    later = _after(View.edited(before, edits).text, steps[own + 1 :])
    origins = later.to_json_map()
    found = []
    shift = 0
    for edit in edits:
        found.append((bisect_left(origins, edit.start + shift), sure[edit]))
        shift += len(edit.replacement) - (edit.end - edit.start)
    return tuple(found)


def _steps(text: str, language: Language | None, halfspaces: bool) -> tuple[Step, ...]:
    if language == "en" or not _ARABIC.search(text):
        return (_unseen_edits, _ligature_edits, _space_edits, hyphen_edits)
    steps: tuple[Step, ...] = (
        persian.character_edits,
        _ligature_edits,
        _space_edits,
        hyphen_edits,
        persian.quote_edits,
        persian.ellipsis_edits,
        persian.superfluous_space_edits,
    )
    if halfspaces:
        steps = (*steps, _half_space_edits)
    # Looks at words from end to end, so it comes when their half-spaces stand.
    return (*steps, persian.missing_space_edits)


def _half_space_edits(text: str) -> Iterable[Edit]:
    """The half-spaces that were lost, but none that would grow an address by the next word."""
    from textmine.text.halfspaces import restore_edits  # loads its weights when called

    edits = list(restore_edits(text))
    guarded = protected(text) if edits else ()
    if not guarded:
        return edits
    starts, ends = {span.start for span in guarded}, {span.end for span in guarded}
    return [edit for edit in edits if edit.start not in ends and edit.end not in starts]


def _after(text: str, steps: tuple[Step, ...]) -> View:
    view = View.same(text)
    for step in steps:
        view = _edited(view, step)
    return view


def _guarded(text: str) -> list[str]:
    return _PROTECTED.findall(text)


@cache
def normaliser() -> str:
    """Names the rules and the weights of the half-spaces: another name, other views."""
    from textmine.text.halfspaces import weights_file

    weights = weights_file()
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:8] if weights.exists() else "hazm"
    return f"textmine-normaliser {_RULES} ({digest})"


def protected(text: str) -> tuple[Span, ...]:
    """The stretches of ``text`` that are never changed.

    >>> protected("نشانی: ab@umz.ac.ir و گزارش.pdf")
    (Span(start=7, end=19), Span(start=22, end=31))
    """
    return tuple(Span(*match.span()) for match in _PROTECTED.finditer(text))


def _edited(view: View, step: Step) -> View:
    """``view`` after the edits of ``step`` that leave what is protected alone."""
    edits = list(step(view.text))
    if edits:
        edits = list(_outside(protected(view.text), edits))
    return view.then(View.edited(view.text, edits)) if edits else view


def _outside(guarded: tuple[Span, ...], edits: Iterable[Edit]) -> Iterator[Edit]:
    at = 0
    for edit in edits:
        while at < len(guarded) and guarded[at].end <= edit.start:
            at += 1
        if at == len(guarded) or edit.end <= guarded[at].start:
            yield edit


def _unseen_edits(text: str) -> Iterator[Edit]:
    for match in _UNSEEN.finditer(text):
        yield Edit(match.start(), match.end(), "")


def _ligature_edits(text: str) -> Iterator[Edit]:
    for match in _LIGATURES.finditer(text):
        yield Edit(match.start(), match.end(), unicodedata.normalize("NFKC", match[0]))


def _space_edits(text: str) -> Iterator[Edit]:
    for match in _SPACES.finditer(text):
        new = "\n" if match["line"] else "" if match["edge"] is not None else " "
        yield Edit(match.start(), match.end(), new)
