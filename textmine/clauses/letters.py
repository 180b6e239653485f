"""Letters of Persian lists as the document prints them.

The number of a clause has its place in a list as a Latin letter: ``5.b``. A Persian document prints
«ب» there, and what follows «ب» depends on the alphabet that its list is counted by: «پ» or «ج».
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from textmine.clauses.marks import ALPHABETS
from textmine.records import Clause

if TYPE_CHECKING:
    from textmine.store.catalogue import Catalogue

_LETTER = re.compile(r"[a-z]{1,2}")
_DEEPEST = 3  # letters of one number that may be of either alphabet
_BEFORE = 40  # characters before a clause in which its mark stands
_MARK = re.compile(r"(?:^|[^\w])(الف|[آ-یيك])\s*[)\].:،/\-‐‑‒–—−ـ]+[\s*_\u200c-\u200f]*$")
_FOLD = str.maketrans("يك", "یک")


def has_letter(clause: Clause) -> bool:
    """Whether a clause is Persian and has a letter in its number."""
    parts = (clause.number or "").split(".")
    return clause.language == "fa" and any(map(_LETTER.fullmatch, parts))


def printed_numbers(catalogue: Catalogue, document: int) -> dict[str, str]:
    """The numbers of the lettered Persian clauses of a document, by their ids, with its letters.

    A letter that cannot be told stays as it is in the number.
    """
    clauses = [each for each in catalogue.outline(document) if has_letter(each)]
    if not clauses:
        return {}
    starts = catalogue.page_starts(document)
    texts = {
        number: page.text
        for number in sorted({each.page for each in clauses})
        for page in catalogue.pages(document, number=number)
    }
    before = {}
    for clause in clauses:
        at = clause.start - starts.get(clause.page, 0)
        before[clause.id] = texts.get(clause.page, "")[max(0, at - _BEFORE) : max(0, at)]
    return with_letters(clauses, before)


def with_letters(clauses: Sequence[Clause], before: Mapping[str, str]) -> dict[str, str]:
    """The numbers of ``clauses`` with the letters that stand ``before`` them, both by id.

    >>> from textmine.records import Span
    >>> def clause(number):
    ...     return Clause(number, 0, "item", number, None, "", "fa", 1, (Span(0, 1),))
    >>> found = with_letters([clause("5.b"), clause("5.c"), clause("5.c.1"), clause("6.d")],
    ...                      {"5.b": "متن؛ ب) ", "5.c": "متن؛ ج) "})
    >>> found["5.b"], found["5.c"], found["5.c.1"], found["6.d"]
    ('5.ب', '5.ج', '5.ج.1', '6.د')
    """
    printed: dict[str, str] = {}
    for clause in clauses:
        mark = _MARK.search(before.get(clause.id, ""))
        number = clause.number or ""
        if mark and _LETTER.fullmatch(number.rpartition(".")[2]):
            printed.setdefault(number, mark[1].translate(_FOLD))
    alphabets = [each for each in ALPHABETS if _fits(each, printed)]
    found = {}
    for clause in clauses:
        parts = (clause.number or "").split(".")
        for place, part in enumerate(parts):
            if _LETTER.fullmatch(part):
                known = printed.get(".".join((clause.number or "").split(".")[: place + 1]))
                parts[place] = known or _only(alphabets, part) or part
        found[clause.id] = ".".join(parts)
    return found


def latin_numbers(number: str) -> tuple[str, ...]:
    """What a number with the letters of a Persian document may be among numbers of clauses.

    >>> latin_numbers("5.ب"), latin_numbers("5.ج"), latin_numbers("5.b")
    (('5.b',), ('5.c', '5.f'), ('5.b',))
    """
    choices = [
        sorted({chr(ord("a") + each.index(part)) for each in ALPHABETS if part in each[:26]})
        or [part]
        for part in number.translate(_FOLD).split(".")
    ]
    if sum(len(each) > 1 for each in choices) > _DEEPEST:  # nobody prints that
        return (number,)
    return tuple(".".join(parts) for parts in product(*choices))


def _fits(alphabet: Sequence[str], printed: Mapping[str, str]) -> bool:
    """Whether every letter that a document prints stands at its place in an alphabet."""
    return bool(printed) and all(
        _at(alphabet, number.rpartition(".")[2]) == letter for number, letter in printed.items()
    )


def _only(alphabets: Sequence[Sequence[str]], letter: str) -> str:
    """The Persian letter at the place of a Latin one, where the alphabets agree on it."""
    found = {_at(each, letter) for each in alphabets}
    return found.pop() if len(found) == 1 else ""


def _at(alphabet: Sequence[str], letter: str) -> str:
    place = ord(letter[0]) - ord("a")
    return alphabet[place] if len(letter) == 1 and place < len(alphabet) else ""
