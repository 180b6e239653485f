"""What the first requests would wait for, made before they come."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from textmine.errors import TextmineError
from textmine.web import pages, said
from textmine.web.clause import counting_codebook
from textmine.web.desk import Desk
from textmine.web.language import TONGUES
from textmine.web.reading.shelf import Wanted, shelf

_LOG = logging.getLogger("textmine.web")

_QUERIES = ("culture exchanges", "همکاری‌های فرهنگی")
"""They load the words of both languages; what they find does not matter."""


def warm(desk: Desk, has_time: Callable[[], bool]) -> None:
    """Make what the first requests would have to make, a little at a time while ``has_time()``.

    What cannot be made is logged: whoever asks for it is told why.
    """
    for steps in (_searching(desk), _showing(desk)):
        try:
            for _ in steps:
                if not has_time():
                    return
        except TextmineError as error:
            _LOG.info("not made beforehand: %s", error)
        except Exception:
            _LOG.exception("not made beforehand")


def _searching(desk: Desk) -> Iterator[None]:
    from textmine.search.engine.upkeep import as_it_is  # loads the engine

    yield
    if as_it_is(desk.corpus) is None:  # to make it may take minutes: not before anybody asks
        return
    index = desk.index()
    for query in _QUERIES:
        yield
        index.search(query)


def _showing(desk: Desk) -> Iterator[None]:
    said.patterns()
    yield
    counting_codebook(desk)
    yield
    shelf(desk, Wanted())
    for tongue in TONGUES:
        templates = pages.environment(tongue)
        for name in templates.list_templates():
            yield
            templates.get_template(name)
