"""The workbench in the browser: read, search, code, review, compare, in Persian and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textmine.web.app import Settings, create_app

__all__ = ["Settings", "create_app"]


def __getattr__(name: str) -> Any:
    """The application, loaded with all its pages when it is asked for."""
    if name not in __all__:
        raise AttributeError(name)
    from textmine.web import app

    return getattr(app, name)
