"""Who asks: what each role may do, and how a page or an action says what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from textmine.standing import PERSON
from textmine.web.accounts import ROLES, Role
from textmine.web.language import Interface


@dataclass(frozen=True, slots=True)
class User:
    """Who asks. ``name`` is empty for someone on this computer who has not said it yet.

    Someone who is not logged in has no role, and may do nothing.
    """

    name: str
    role: Role | None

    @property
    def coder(self) -> str:
        """The name that codings carry; empty when none is known.

        >>> User("leila", "coder").coder
        'person:leila'
        """
        return f"{PERSON}{self.name}" if self.name else ""

    def may(self, role: Role) -> bool:
        """Whether the user may do what ``role`` may.

        >>> User("leila", "coder").may("reader"), User("leila", "coder").may("admin")
        (True, False)
        """
        return self.role is not None and ROLES.index(self.role) >= ROLES.index(role)


class NotAllowedError(Exception):
    """Someone asks for what only ``role`` may do."""

    def __init__(self, role: Role) -> None:
        self.role = role
        super().__init__(role)


def role_named(words: Interface, role: str) -> str:
    """A role in the language of the interface; empty for what is none.

    >>> from textmine.web.language import interface
    >>> role_named(interface("en"), "admin")
    'administrator'
    """
    named = {
        "reader": words.gettext("reader"),
        "coder": words.gettext("coder"),
        "admin": words.gettext("administrator"),
    }
    return named.get(role, "")


@dataclass(frozen=True, slots=True)
class Needs:
    """Gives an endpoint who asks; NotAllowedError for someone who may not do what ``role`` may."""

    role: Role

    def __call__(self, request: Request) -> User:
        """Who asks."""
        found: User = request.state.user
        if not found.may(self.role):
            raise NotAllowedError(self.role)
        return found


Reader = Annotated[User, Depends(Needs("reader"))]
Coder = Annotated[User, Depends(Needs("coder"))]
Admin = Annotated[User, Depends(Needs("admin"))]
