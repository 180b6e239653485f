"""Styles and lists of a Word document: what Word prints before a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from textmine.pages.symbols import BULLET, symbol
from textmine.sources.docx_package import W, child_of, font_of, is_on, number_of, value_of
from textmine.sources.ordinals import FORMATS


class _Level(NamedTuple):
    """One level of a list definition."""

    start: int
    form: str
    text: str
    font: str
    suffix: str
    restart: int | None
    legal: bool


class Styles:
    """Paragraph styles: what a paragraph inherits."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, etree._Element] = {}
        self.default: str | None = None
        for style in root.iter(W + "style") if root is not None else ():
            if style.get(W + "type", "paragraph") != "paragraph":
                continue
            name = style.get(W + "styleId")
            if name is not None:
                self._styles[name] = style
                if style.get(W + "default") in ("1", "true", "on"):
                    self.default = name

    def chain(self, properties: etree._Element | None) -> Iterator[tuple[str, etree._Element]]:
        """The paragraph's style and those it is based on, nearest first."""
        name = value_of(properties, "pStyle") or self.default
        seen: set[str] = set()
        while name is not None and name not in seen and name in self._styles:
            seen.add(name)
            yield name, self._styles[name]
            name = value_of(self._styles[name], "basedOn")


class Numbering:
    """The lists of a document: gives each numbered paragraph the number that Word prints."""

    def __init__(self, root: etree._Element | None, styles: etree._Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}  # by list instance
        self._abstract: dict[str, str] = {}  # definition by list instance
        self._restarts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, list[int | None]] = {}  # by definition
        self._used: set[str] = set()
        self.style_levels: dict[str, tuple[str, int]] = {}
        self.unknown_forms: set[str] = set()
        if root is not None:
            self._load(root, styles)

    def _load(self, root: etree._Element, styles: etree._Element | None) -> None:
        abstracts = {
            str(each.get(W + "abstractNumId")): each for each in root.iter(W + "abstractNum")
        }
        instances = {str(each.get(W + "numId")): each for each in root.iter(W + "num")}
        for number, instance in instances.items():
            definition = value_of(instance, "abstractNumId") or ""
            definition = self._linked(definition, abstracts, instances, styles)
            abstract = abstracts.get(definition)
            if abstract is None:
                continue
            levels: dict[int, _Level] = {}
            for element in abstract.findall(W + "lvl"):
                depth = int(element.get(W + "ilvl", "0"))
                levels[depth] = _level(element)
                style = value_of(element, "pStyle")
                if style is not None:
                    self.style_levels.setdefault(f"{number}/{style}", (number, depth))
            restarts: dict[int, int] = {}
            for override in instance.findall(W + "lvlOverride"):
                depth = int(override.get(W + "ilvl", "0"))
                own = child_of(override, "lvl")
                if own is not None:
                    levels[depth] = _level(own)
                start = number_of(override, "startOverride")
                if start is not None:
                    restarts[depth] = start
            self._levels[number] = levels
            self._abstract[number] = definition
            self._restarts[number] = restarts

    @staticmethod
    def _linked(
        definition: str,
        abstracts: dict[str, etree._Element],
        instances: dict[str, etree._Element],
        styles: etree._Element | None,
    ) -> str:
        """Follow a definition that only points to the list style where the levels are."""
        link = value_of(abstracts.get(definition), "numStyleLink")
        if link is None or styles is None:
            return definition
        for style in styles.iter(W + "style"):
            if style.get(W + "styleId") == link:
                instance = instances.get(value_of(style, "pPr", "numPr", "numId") or "")
                return value_of(instance, "abstractNumId") or definition
        return definition

    def mark(self, number: str, depth: int) -> str | None:
        """Count one paragraph of a list; the printed mark with its gap, None outside any list."""
        levels = self._levels.get(number)
        if levels is None or depth not in levels:
            return None
        definition = self._abstract[number]
        counters = self._counters.setdefault(definition, [None] * 9)
        if number not in self._used:
            self._used.add(number)
            for each, start in self._restarts[number].items():
                counters[each] = None if start is None else start - 1
        current = counters[depth]
        counters[depth] = levels[depth].start if current is None else current + 1
        for deeper in range(depth + 1, 9):
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or (restart > 0 and depth < restart):
                counters[deeper] = None
        for higher in range(depth):
            if counters[higher] is None and higher in levels:
                counters[higher] = levels[higher].start
        return self._printed(levels, depth, counters)

    def _printed(
        self, levels: dict[int, _Level], depth: int, counters: list[int | None]
    ) -> str | None:
        level = levels[depth]
        if level.form == "bullet":
            text = "".join(symbol(level.font, -1, sign) for sign in level.text)
            text = "".join(BULLET if "\ue000" <= sign <= "\uf8ff" else sign for sign in text)
        else:
            text = re.sub(
                "%([1-9])",
                lambda match: self._formed(levels, int(match[1]) - 1, counters, level.legal),
                level.text,
            )
        if not text.strip():
            return None
        return text + ("" if level.suffix == "nothing" or text.endswith(" ") else " ")

    def _formed(
        self, levels: dict[int, _Level], depth: int, counters: list[int | None], legal: bool
    ) -> str:
        number = counters[depth]
        if number is None or depth not in levels:
            return ""
        form = levels[depth].form
        if legal and form != "none":
            form = "decimal"
        if form not in FORMATS:
            self.unknown_forms.add(form)
            form = "decimal"
        return FORMATS[form](number)


def _level(element: etree._Element) -> _Level:
    start = number_of(element, "start")
    form = value_of(element, "numFmt")
    if form is None or form == "custom":  # newer forms hide in an alternative; "01" is the one used
        custom = next((each for each in element.iter(W + "numFmt")), None)
        pattern = custom.get(W + "format", "") if custom is not None else ""
        form = "decimalZero" if pattern.startswith("01") else "decimal"
    return _Level(
        start=start if start is not None else 0,
        form=form,
        text=value_of(element, "lvlText") or "",
        font=font_of(element),
        suffix=value_of(element, "suff") or "tab",
        restart=number_of(element, "lvlRestart"),
        legal=is_on(element, "isLgl"),
    )
