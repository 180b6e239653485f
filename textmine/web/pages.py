"""Pages and parts of pages: templates filled in, in the language of whoever asks."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from textmine import __version__
from textmine.reports import marks
from textmine.text.language import language_of
from textmine.text.unseen import plain
from textmine.web import language
from textmine.web.desk import Desk
from textmine.web.language import Interface, Tongue
from textmine.web.said import said


def desk(request: Request) -> Desk:
    """The corpus that the server was started for."""
    found: Desk = request.app.state.desk
    return found


def ui(request: Request) -> Interface:
    """The interface in the language of whoever asks."""
    found: Interface = request.state.ui
    return found


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, or a part of one, as a response. Templates see ``user``, ``here`` and ``values``.

    ``identity()`` tells the corpus from others: what a browser keeps for one is not for another.
    """
    state = request.state
    html = (
        _environment(state.ui.tongue)
        .get_template(template)
        .render(
            request=request,
            user=state.user,
            theme=state.theme,
            corpus=desk(request).name if state.user.role else "",
            here=request.url.path,
            back=str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
            has_accounts=request.app.state.accounts is not None,
            is_working=bool(request.app.state.works.under_way()),
            identity=desk(request).corpus.catalogue.identity,
            **values,
        )
    )
    return HTMLResponse(html, status_code=status)


def is_part(request: Request) -> bool:
    """Whether a part of a page is asked for (by htmx), not a page of its own."""
    headers = request.headers  # htmx asks for whole pages, too: when one goes back in the history
    return headers.get("hx-request") == "true" and headers.get("hx-request-type") != "full"


@cache
def _environment(tongue: Tongue) -> jinja2.Environment:
    """The templates with the words of one language."""
    ui = language.interface(tongue)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("textmine.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals.update(
        ui=ui,
        _=ui.gettext,
        ngettext=ui.ngettext,
        term=ui.term,
        number=ui.number,
        percent=ui.percent,
        probability=ui.probability,
        day=ui.day,
        moment=ui.moment,
        name=ui.name,
        attributes=language.attributes,
        own=language.own,
        titled=language.titled,
        said=partial(said, ui),
        shown=marks.shown,
        language_of=language_of,
        plain=plain,
        tongues=language.TONGUES,
        version=__version__,
    )
    return environment
