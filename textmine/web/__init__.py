"""The workbench in the browser: read, search, code, review, compare, in Persian and English."""

from textmine.web.app import Settings, create_app

__all__ = ["Settings", "create_app"]
