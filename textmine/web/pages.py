"""Pages and parts of pages: templates filled in, in the language of whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import FileResponse, HTMLResponse
from starlette.background import BackgroundTask

from textmine import __version__
from textmine.reports import marks
from textmine.text.language import language_of
from textmine.text.unseen import plain
from textmine.web import language
from textmine.web.desk import Desk
from textmine.web.language import Interface, Tongue
from textmine.web.safety import parts_of
from textmine.web.said import said

_MEDIA = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
        environment(state.ui.tongue)
        .get_template(template)
        .render(
            request=request,
            user=state.user,
            theme=state.theme,
            corpus=desk(request).name if state.user.role else "",
            here=request.url.path,
            back=seen_at(request),
            has_accounts=request.app.state.accounts is not None,
            codes_hidden=getattr(state, "is_blind", False),
            is_working=bool(request.app.state.works.under_way()),
            identity=desk(request).corpus.catalogue.identity,
            **values,
        )
    )
    return HTMLResponse(html, status_code=status)


def attached(name: str, write: Callable[[Path], object]) -> FileResponse:
    """A file to take away that is called ``name``; ``write`` makes it. Once sent it is gone.

    It goes from the disk to whoever asks, and is never whole in memory.
    """
    suffix = name.rpartition(".")[2]
    folder = TemporaryDirectory(prefix="textmine-")
    file = Path(folder.name, f"file.{suffix}")  # a name may have signs that a disk refuses
    try:
        write(file)
    except BaseException:
        folder.cleanup()
        raise
    gone = BackgroundTask(folder.cleanup)
    return FileResponse(file, media_type=_MEDIA[suffix], filename=name, background=gone)


def seen_at(request: Request) -> str:
    """The address of the page that whoever asks sees: of a part the page that it is put into."""
    url = request.url
    if is_part(request):
        headers = request.headers
        shown = parts_of(headers.get("hx-current-url") or headers.get("referer", ""))
        if shown.path:
            return shown.path + (f"?{shown.query}" if shown.query else "")
    return url.path + (f"?{url.query}" if url.query else "")


def is_part(request: Request) -> bool:
    """Whether a part of a page is asked for (by htmx), not a page of its own."""
    headers = request.headers  # htmx asks for whole pages, too: when one goes back in the history
    return headers.get("hx-request") == "true" and headers.get("hx-request-type") != "full"


@cache
def environment(tongue: Tongue) -> jinja2.Environment:
    """The templates with the words of one language, each made when it is first asked for."""
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
