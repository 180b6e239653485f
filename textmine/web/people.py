"""Who asks: what each role may do, and how a page or an action says what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from textmine.standing import PERSON
from textmine.web.accounts import ROLES, Role


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


def _needs(role: Role) -> Callable[[Request], User]:
    def user(request: Request) -> User:
        found: User = request.state.user
        if not found.may(role):
            raise NotAllowedError(role)
        return found

    return user


Reader = Annotated[User, Depends(_needs("reader"))]
Coder = Annotated[User, Depends(_needs("coder"))]
Admin = Annotated[User, Depends(_needs("admin"))]
