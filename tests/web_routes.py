"""Every address of the workbench, whichever module has it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.routing import APIRoute

import textmine.web
from textmine.web.people import Needs


class Address(NamedTuple):
    """One method at one path, and the roles that its endpoint asks for: one, or none."""

    method: str
    path: str
    roles: tuple[str, ...]

    def filled(self, values: Mapping[str, object] | None = None) -> str:
        """The path with values in the place of its parameters, ``1`` where none is given."""
        known = values or {}
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda match: str(known.get(match[1], 1)), self.path)


def addresses(app: FastAPI) -> list[Address]:
    """All of the application, and of every module that has a router."""
    routes = list(app.routes)
    for module in pkgutil.walk_packages(textmine.web.__path__, "textmine.web."):
        found = importlib.import_module(module.name)
        for each in vars(found).values():
            if type(each).__name__ == "APIRouter":
                routes += each.routes
    named = {}
    for route in routes:
        if isinstance(route, APIRoute):
            asked = [each.call for each in route.dependant.dependencies]
            roles = tuple(each.role for each in asked if isinstance(each, Needs))
            for method in (route.methods or set()) - {"HEAD"}:
                named[method, route.path] = Address(method, route.path, roles)
    return [named[key] for key in sorted(named)]
