"""What one coder said of one clause, and who the coders are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from textmine.errors import InputError
from textmine.records import Language, Span
from textmine.standing import AGREED, PERSON

UNREAD = "?"
"""Stands in the place of codes in a sheet until the coder has read the clause."""


@dataclass(frozen=True, slots=True)
class CodedClause:
    """A clause and the codes that one coder applied to it.

    ``document`` is the path of the source within its corpus, ``codebook`` a reference such as
    ``agreement-themes@3``. ``weight`` says how much the clause counts when a model learns from it;
    ``evidence`` holds for a code the words that a person marked for it, as spans of the clause
    text. JSON Lines keep both, tables for coders do not.
    """

    document: str
    clause: str
    language: Language
    text: str
    codes: tuple[str, ...]
    coder: str
    codebook: str
    memo: str = ""
    weight: float = 1.0
    evidence: Mapping[str, tuple[Span, ...]] = field(default_factory=dict, hash=False)

    @property
    def source(self) -> str:
        """What tells its document from others: the hash of its content, which begins the id.

        For ids that were not made by textmine it is the name of the document.
        """
        return self.clause.partition(".")[0] if "." in self.clause else self.document

    def to_json(self) -> dict[str, Any]:
        """One line of a file as a JSON object; what is empty and a weight of 1 are left out."""
        usual = {"memo": "", "weight": 1.0, "evidence": {}}
        return {k: v for k, v in asdict(self).items() if k not in usual or v != usual[k]}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why what one coder said of one clause cannot be used, and what to do."""

    document: str
    clause: str
    coder: str
    said: str


def person(coder: str) -> str:
    """The name of a person among coders, which begins with ``person:``.

    Raises InputError for the name of a machine.

    >>> person("leila"), person("person:leila")
    ('person:leila', 'person:leila')
    """
    name = coder.strip().removeprefix(PERSON).strip()
    if ":" in name or not name:
        raise InputError(
            f"The coder {shown(coder)} is no person. Say who decided: --coder person:NAME, or the "
            "column coder."
        )
    return PERSON + name


def is_agreed(coder: str) -> bool:
    """Whether a coder stands for what people settled together."""
    return coder in (AGREED, AGREED.removeprefix(PERSON))


def unit(one: CodedClause) -> tuple[str, str]:
    """By what a clause is known in the files of several coders: the file's name and its own id.

    Folders are left out, because a corpus may lie elsewhere on another machine.
    """
    return re.split(r"[/\\]", one.document)[-1], one.clause


def shown(value: object) -> str:
    """A value as messages show it."""
    return json.dumps(value, ensure_ascii=False)
