"""The audit trail as a page: who did what, and when."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from markupsafe import Markup, escape

from textmine.care.taking_back import Event, trail
from textmine.standing import PERSON
from textmine.web import language
from textmine.web.language import N_, Interface, own
from textmine.web.pages import desk, page, ui
from textmine.web.people import Admin

router = APIRouter(include_in_schema=False)

_AT_ONCE = 50

KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "coding": (N_("Decisions"), ("decisions", "undo")),
    "corpus": (
        N_("Corpus and models"),
        (
            "trail-begun",
            "added",
            "machine-coded",
            "metadata",
            "codebook",
            "setting",
            "promoted",
            "restored",
        ),
    ),
    "searches": (N_("Saved searches"), ("search-saved", "search-forgotten")),
    "people": (
        N_("Logins and accounts"),
        (
            "logged-in",
            "logged-out",
            "login-refused",
            "password-changed",
            "token-made",
            "token-removed",
            "account-added",
            "account-removed",
            "role-changed",
        ),
    ),
}
"""What can be looked at alone: how it is called, and the events of the trail."""

_WHAT = {
    "decisions": N_("coded"),
    "undo": N_("took something back"),
    "trail-begun": N_("the trail begins"),
    "added": N_("added documents"),
    "machine-coded": N_("had clauses coded by machine"),
    "metadata": N_("corrected what is known of a document"),
    "codebook": N_("took a codebook into use"),
    "setting": N_("changed a setting"),
    "promoted": N_("made a model the live one"),
    "restored": N_("put a backup back"),
    "search-saved": N_("saved a search"),
    "search-forgotten": N_("forgot a search"),
    "logged-in": N_("logged in"),
    "logged-out": N_("logged out"),
    "login-refused": N_("a login was refused"),
    "password-changed": N_("changed a password"),
    "token-made": N_("made a key for a program"),
    "token-removed": N_("removed a key for a program"),
    "account-added": N_("made an account"),
    "account-removed": N_("removed an account"),
    "role-changed": N_("changed what an account may do"),
}


@router.get("/audit")
def show_trail(
    request: Request, user: Admin, kind: str = "", who: str = "", before: str = ""
) -> Response:
    """Events of the trail, newest first."""
    words = ui(request)
    what = KINDS[kind][1] if kind in KINDS else ()
    who = who.strip()
    events = trail(
        desk(request).corpus.catalogue,
        limit=_AT_ONCE + 1,
        before=language.integer(before),
        who=who if ":" in who or not who else PERSON + who,
        what=what,
    )
    older = ""
    if len(events) > _AT_ONCE:
        values = {"kind": kind, "who": who, "before": events[_AT_ONCE - 1].id}
        older = "/audit?" + urlencode(values)
    return page(
        request,
        "entering/audit.html",
        events=events[:_AT_ONCE],
        kinds=KINDS,
        kind=kind,
        who=who,
        before=before,
        older=older,
        what=lambda event: said(words, event),
        doer=lambda name: doer(words, name),
        details=details,
    )


def said(words: Interface, event: Event) -> str:
    """What was done, in the language of the reader; as the trail has it where it is not known."""
    return words.gettext(_WHAT[event.what]) if event.what in _WHAT else event.what


def doer(words: Interface, name: str) -> Markup:
    """Who did it: a person, someone at the command line, nobody who is known."""
    kind, _, called = name.partition(":")
    if kind == "user":
        return escape(words.gettext("%(name)s at the command line", name=own(called)))
    if name == "nobody":
        return escape(words.gettext("nobody who is known"))
    return words.coder(name)


def details(event: Event) -> list[tuple[str, str]]:
    """What the trail says beside: names as it has them, and values as text."""
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in event.detail.items()
        if value not in ("", None)
    ]
