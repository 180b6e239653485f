"""Pictures of pages: drawn by confined processes when first asked for, then kept as files.

They lie in ``pictures`` beside the index, up to so many bytes: what nobody has looked at for the
longest time goes first. They can be removed at any time.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
import time

from textmine.drawing import Form, draw_page
from textmine.errors import ReadError
from textmine.records import Document
from textmine.store.corpus import Corpus
from textmine.store.whole import write_whole
from textmine.web.safety import BusyError
from textmine.worker import server

KEPT_BYTES = 256 << 20
"""So much of them is kept on the disk."""

_AT_ONCE = 2  # drawn side by side
_WAITING = 5.0  # seconds that a request waits for its turn; longer, and all threads would wait
_STYLE = 1  # raised when pages are drawn otherwise than before
_PATIENCE = 600.0  # seconds for which a page that could not be drawn is not tried again
_MOST_FAILED = 1000
_SECONDS = 5  # after which one may ask again for what could not be drawn now


def form_of(document: Document) -> Form | None:
    """What its pages are drawn from; None for what has no pages of its own, such as DOCX."""
    reader = document.extractor.split(" ")[0]
    if reader == "pdf":
        return "pdf"
    return "picture" if reader == "picture" else None


class Pictures:
    """The pictures of one corpus. Safe to use from several threads."""

    def __init__(self, corpus: Corpus, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._corpus = corpus
        self._folder = corpus.folder / "pictures"
        self._kept_bytes = kept_bytes
        self._drawing = threading.Semaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._under_way: dict[str, threading.Event] = {}
        self._failed: dict[str, tuple[float, ReadError]] = {}
        self._prepared = False

    def prepare(self) -> None:
        """Start the process from which those that draw are forked; it takes seconds, not ours."""
        with self._lock:
            prepared, self._prepared = self._prepared, True
        if not prepared:
            server()

    def png(self, document: Document, number: int) -> bytes:
        """The picture of a page (from 1); ReadError where it cannot be drawn.

        BusyError when others are drawn for too long.
        """
        form = form_of(document)
        if form is None:
            raise ReadError("no-pages", "This document has no pages that could be drawn.")
        name = f"{document.sha256}-{number}-{_STYLE}.png"
        while True:
            if (kept := self._kept(name)) is not None:
                return kept
            with self._lock:
                at, error = self._failed.get(name, (0.0, None))
                if error is not None and time.monotonic() - at < _PATIENCE:
                    raise ReadError(error.reason, error.detail)
                done = self._under_way.get(name)
                if done is None:
                    mine = self._under_way[name] = threading.Event()
                    break
            if not done.wait(_WAITING):
                raise BusyError(_SECONDS)
        try:
            return self._draw(document, form, number, name)
        except ReadError as error:
            with self._lock:
                if len(self._failed) >= _MOST_FAILED:
                    self._failed.clear()
                self._failed[name] = (time.monotonic(), error)
            raise
        finally:
            with self._lock:
                del self._under_way[name]
            mine.set()

    def _draw(self, document: Document, form: Form, number: int, name: str) -> bytes:
        from PIL import Image

        originals = self._corpus.originals
        if not self._drawing.acquire(timeout=_WAITING):
            raise BusyError(_SECONDS)
        try:
            with originals.at_hand(document.sha256, document.suffix) as path:
                drawn = draw_page(path, form, number)
        finally:
            self._drawing.release()
        picture = Image.frombytes("RGB", (drawn.width, drawn.height), drawn.pixels)
        stream = io.BytesIO()
        picture.save(stream, "PNG", compress_level=3)  # smaller and faster than higher ones here
        self._keep(name, stream.getvalue())
        return stream.getvalue()

    def _kept(self, name: str) -> bytes | None:
        file = self._folder / name
        try:
            found = file.read_bytes()
        except OSError:
            return None
        with contextlib.suppress(OSError):  # a corpus that may only be read
            os.utime(file)
        return found

    def _keep(self, name: str, png: bytes) -> None:
        """Keep a picture, and drop the oldest beyond the limit.

        A folder that cannot be written keeps none: then each is drawn whenever it is asked for.
        """
        with contextlib.suppress(OSError), self._lock:
            self._folder.mkdir(exist_ok=True)
            write_whole(self._folder / name, [png])
            files = [(each.stat(), each) for each in self._folder.glob("*.png")]
            total = sum(about.st_size for about, _ in files)
            for about, file in sorted(files, key=lambda pair: pair[0].st_mtime_ns):
                if total <= self._kept_bytes:
                    break
                file.unlink(missing_ok=True)
                total -= about.st_size
