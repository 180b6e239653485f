"""The audit trail as a page: who did what, and when."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from markupsafe import Markup, escape

from textmine.care.taking_back import Event, trail
from textmine.reports.texts import TEXTS
from textmine.standing import AGREED, PERSON
from textmine.web import language
from textmine.web.language import N_, Interface, own
from textmine.web.pages import desk, page, ui
from textmine.web.people import Admin, role_named
from textmine.web.said import said as told

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
            "removed",
            "codebook",
            "setting",
            "trained",
            "promoted",
            "rolled-back",
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
    "settled": N_("settled on what coders differed"),
    "imported": N_("took in codings from a file"),
    "undo": N_("took something back"),
    "trail-begun": N_("the trail begins"),
    "added": N_("added documents"),
    "machine-coded": N_("had clauses coded by machine"),
    "metadata": N_("corrected what is known of a document"),
    "removed": N_("removed a document"),
    "codebook": N_("took a codebook into use"),
    "setting": N_("changed a setting"),
    "trained": N_("trained a model"),
    "promoted": N_("made a model the live one"),
    "rolled-back": N_("went back to the model before"),
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

_ON_A_CLAUSE = {
    "decisions": N_("coded %(clause)s"),
    "settled": N_("settled %(clause)s, on which coders differed"),
    "undo": N_("took a decision on %(clause)s back"),
}

_NAMES = {
    "model": N_("model"),
    "why": N_("the reason"),
    "said": N_("the reason that was given"),
    "by": N_("done by"),
    "file": N_("from the file"),
    "documents": N_("documents"),
    "clauses": N_("clauses"),
    "decisions": N_("decisions"),
    "coders": N_("in the name of"),
    "reference": N_("codebook"),
    "name": N_("its name"),
    "query": N_("its query"),
    "hits": N_("clauses found"),
    "sort": N_("Order"),
    "any_word": N_("some of the words"),
    "semantic": N_("by meaning"),
    "role": N_("role"),
    "address": N_("from the address"),
    "event": N_("event number"),
    "what": N_("what it was"),
    "made_at": N_("from the time"),
    "before": N_("it said before"),
    "after": N_("it says now"),
}
"""What the trail says beside, as pages call it."""

_SEALS = frozenset(("key", "digest", "sha256", "first", "last", "saved_at"))
"""What the trail holds for programs; ``textmine history --json`` shows it."""


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
        details=lambda event: details(words, event),
    )


def said(words: Interface, event: Event) -> str:
    """What was done, in the language of the reader; as the trail has it where it is not known."""
    what = _kind(event)
    several = event.detail.get("clauses") if what == "decisions" else None
    if isinstance(several, int) and several > 1:
        return words.ngettext("coded %(n)s clause", "coded %(n)s clauses", several)
    return words.gettext(_WHAT[what]) if what in _WHAT else what


def said_of(words: Interface, event: Event) -> Markup:
    """What was done, and to what: as a sentence with a link to the clause or the document."""
    what = _kind(event)
    if event.clause and what in _ON_A_CLAUSE:
        link = Markup('<a href="/clauses/{}">{}</a>').format(
            event.clause, words.gettext("a clause")
        )
        return Markup(words.gettext(_ON_A_CLAUSE[what], clause=link))
    told_of = escape(said(words, event))
    if not event.document:
        return told_of
    number = words.gettext("document %(n)s", n=event.document)
    return Markup('{} (<a href="/documents/{}">{}</a>)').format(told_of, event.document, number)


def _kind(event: Event) -> str:
    """What kind of deed it was: of decisions also whether they were settled, or imported."""
    if event.what != "decisions":
        return event.what
    if event.detail.get("coders") == [AGREED]:
        return "settled"
    return "imported" if "file" in event.detail else event.what


def doer(words: Interface, name: str) -> Markup:
    """Who did it: a person, a user of the computer who gave no other name, nobody who is known."""
    kind, _, called = name.partition(":")
    if kind == "user":
        return escape(words.gettext("%(name)s, user of the computer", name=own(called)))
    if name == "nobody":
        return escape(words.gettext("nobody who is known"))
    return words.coder(name)


def details(words: Interface, event: Event) -> list[tuple[Markup, Markup]]:
    """What the trail says beside: names and values in the language of the reader."""
    detail = dict(event.detail)
    if event.what == "metadata":  # what stayed as it was is not told
        before, after = detail.get("before") or [], detail.get("after") or []
        detail["before"] = [each for each in before if each not in after]
        detail["after"] = [each for each in after if each not in before]
    return [
        (_called(words, name), _value(words, name, value))
        for name, value in detail.items()
        if name not in _SEALS and value not in ("", None, False, [], {})
    ]


def _called(words: Interface, name: str) -> Markup:
    if name in _NAMES:
        return escape(words.gettext(_NAMES[name]))
    if f"state.{name}" in TEXTS:
        return escape(words.term(f"state.{name}"))
    return Markup("<code>{}</code>").format(name)


def _value(words: Interface, name: str, value: object) -> Markup:
    between = Markup("، " if words.tongue == "fa" else ", ")
    if name in ("before", "after") and isinstance(value, list):
        return between.join(
            Markup("{}: {}").format(words.term(f"field.{field}"), own(str(text)))
            for field, text in value
        )
    if name == "coders" and isinstance(value, list):
        return between.join(words.coder(str(each)) for each in value)
    if isinstance(value, dict):  # a number for each coder
        counts = (f"{words.number(count)}" for count in value.values())
        pairs = zip(map(words.coder, value), counts, strict=True)
        return between.join(Markup("{}: {}").format(*each) for each in pairs)
    if isinstance(value, bool):
        return escape(words.gettext("yes"))
    if isinstance(value, int):
        return escape(words.number(value))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _text(words, name, text)


def _text(words: Interface, name: str, text: str) -> Markup:
    if name == "by":
        return doer(words, text if ":" in text else f"user:{text}")
    if name == "what" and text in _WHAT:
        return escape(words.gettext(_WHAT[text]))
    if name == "role" and (role := role_named(words, text)):
        return escape(role)
    if name == "sort":
        order = {"date": N_("oldest first"), "document": N_("by document")}.get(text)
        return escape(words.gettext(order or N_("best first")))
    if name == "why":
        return told(words, text)
    if name == "made_at":
        return escape(words.moment(text))
    return own(text)
