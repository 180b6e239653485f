"""A store of objects for tests, after fsspec: no folders to make, nothing can be renamed.

Addresses are ``shelf:///folder``. Processes that load this module share what is stored; Dask's
workers do so by their setting ``preload``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

from textmine.store import originals


class Shelf(LocalFileSystem):
    """Objects as files, one call for each."""

    protocol = "shelf"

    @classmethod
    def _strip_protocol(cls, path, remove_trailing_slash=False):
        return LocalFileSystem._strip_protocol(str(path).removeprefix("shelf://"))

    def put_file(self, lpath, rpath, **settings):
        Path(rpath).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(lpath, rpath)

    def mv(self, path1, path2, **settings):
        raise NotImplementedError

    def makedirs(self, path, exist_ok=False):
        raise NotImplementedError


fsspec.register_implementation("shelf", Shelf, clobber=True)
originals._KNOWN |= {"shelf"}
originals._WHOLE_AT_ONCE |= {"shelf"}
