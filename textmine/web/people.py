"""Who asks: what each role may do, and how a page or an action says what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request

from textmine.standing import PERSON

Role = Literal["reader", "coder", "admin"]

ROLES: tuple[Role, ...] = ("reader", "coder", "admin")
"""Each may do what those before it may: read; decide on clauses; change what all work with."""


@dataclass(frozen=True, slots=True)
class User:
    """Who asks. ``name`` is empty for someone on this computer who has not said it yet."""

    name: str
    role: Role

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
        return ROLES.index(self.role) >= ROLES.index(role)


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
