"""The page that takes documents in: files are sent here, and read by workers, not by the server."""

from __future__ import annotations

import re
import shutil
import unicodedata
from pathlib import Path
from typing import Annotated, BinaryIO

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import JSONResponse, RedirectResponse

from textmine.errors import InputError
from textmine.store.whole import writing_whole
from textmine.web.pages import page
from textmine.web.people import Admin
from textmine.web.work.works import Work, Works, works

router = APIRouter(include_in_schema=False)

MOST_FILES = 1000
"""So many files a browser may send in one form; with scripts it sends as many as there are."""

_DEEPEST = 12  # folders
_LONGEST = 180  # bytes of one part of a name; systems of files take 255
_JOINERS = "\u200c\u200d"  # half-spaces belong to Persian names
_ODD = re.compile(r'[<>:"|?*]')
_TAKEN = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # by Windows


def safe_name(name: str) -> str:
    r"""The name a file was sent under as one that leads nowhere but below the folder it is put in.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\papers\\a.pdf"), safe_name("..")
    ('etc/passwd', 'C_/papers/a.pdf', 'file')
    """
    parts = [_safe_part(part) for part in re.split(r"[/\\]", unicodedata.normalize("NFC", name))]
    return "/".join([part for part in parts if part][-_DEEPEST:]) or "file"


def _safe_part(part: str) -> str:
    """One part of a name; empty when nothing of it is left."""
    kept = "".join(
        each for each in part if each in _JOINERS or not unicodedata.category(each).startswith("C")
    )
    kept = _ODD.sub("_", kept).strip(" .")
    if _TAKEN.fullmatch(kept):
        kept = f"_{kept}"
    stem, dot, suffix = kept.rpartition(".")
    if not dot or len(suffix.encode()) > 16:
        stem, dot, suffix = kept, "", ""
    room = _LONGEST - len((dot + suffix).encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + suffix


def keep(inbox: Path, name: str, content: BinaryIO) -> str:
    """Put what was sent into ``inbox``, there whole or not at all; the name that it got.

    InputError when the disk refuses.
    """
    place = _free(inbox / safe_name(name))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with writing_whole(place) as file:
            shutil.copyfileobj(content, file, 1 << 20)
    except OSError as error:
        raise InputError(f"{name} could not be stored: {error.strerror or error}.") from error
    return place.relative_to(inbox).as_posix()


def _free(place: Path) -> Path:
    """The place, or one beside it where another file of that name was sent before."""
    number, found = 1, place
    while found.exists():
        number += 1
        found = place.with_name(f"{place.stem} ({number}){place.suffix}")
    return found


def receive(works: Works, work: Work, files: list[UploadFile]) -> int:
    """Take files in for a piece of work that waits for them; how many there were."""
    sent = [file for file in files if file.filename]
    for file in sent:
        keep(works.inbox(work.id), file.filename or "", file.file)
        works.arrived(work.id)
    return len(sent)


def receive_new(works: Works, who: str, files: list[UploadFile]) -> Work:
    """A new piece of work for these files; none when they cannot be taken in."""
    work = works.receive(who=who)
    try:
        receive(works, work, files)
    except Exception:
        works.forget(work.id)
        raise
    return work


@router.get("/add")
def show_form(request: Request, user: Admin) -> Response:
    """What can be added, how much of it, and where to put it."""
    from textmine.worker import Limits

    return page(
        request,
        "work/add.html",
        megabytes=request.app.state.settings.upload_bytes >> 20,
        most_files=MOST_FILES,
        limits=Limits(),
        under_way=[each for each in works(request).under_way() if each.kind == "add"],
        reads_only=works(request).reads_only,
    )


@router.post("/add")
def add(
    request: Request,
    user: Admin,
    files: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - FastAPI makes a new one
    series: bool = False,
    to: int | None = None,
) -> Response:
    """Take files in. A form sends all at once; a script sends a series and says when it is over."""
    here = works(request)
    work = None if to is None else here.find(to)
    if work is None or work.who != user.coder or work.state != "receiving":
        work = receive_new(here, user.coder, files)
    else:
        receive(here, work, files)
    if series:
        return JSONResponse({"work": work.id})
    return RedirectResponse(f"/work/{here.begin(work.id).id}", 303)


@router.post("/add/begin")
def begin(request: Request, user: Admin, to: Annotated[int, Form()]) -> Response:
    """All files of a series have come."""
    return JSONResponse({"address": f"/work/{works(request).begin(to).id}"})
