"""The tables of a measurement as Markdown, and their place in docs/search-speed.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

Figures = dict[str, Any]

OURS = "textmine"
SERVERS = ("PostgreSQL",)
_MB = 1 << 20
_PAGE = "search-speed.md"


def tables(figures: Figures) -> str:
    """Everything that was measured, in the order of a reader's questions."""
    return "\n".join(
        [
            f"{figures['clauses']:,} clauses in {figures['made']['documents']:,} documents; "
            f"{figures['machine']}.",
            *(f"Left out: {each}." for each in figures["missing"]),
            "",
            *_asked(figures),
            "",
            *_checked(figures),
            "",
            *_costs(figures),
            *_changes(figures),
        ]
    )


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _head(cells: Sequence[str]) -> list[str]:
    return [_row(cells), _row(["---"] + ["---:"] * (len(cells) - 1))]


def _asked(figures: Figures) -> Iterator[str]:
    """Milliseconds of each engine, and in brackets how often textmine's half-time that is."""
    yield from _head(["ms, p50 / p95 / max, processor p50", "hits", *figures["engines"]])
    for name, engines in figures["asked"].items():
        ours = engines[OURS]
        cells = [name, f"{ours['hits']:,.0f}"]
        for engine in figures["engines"]:
            own = engines[engine]
            said = " / ".join(_ms(own[each]) for each in ("p50", "p95", "max"))
            if engine not in SERVERS:
                said += f", {_ms(own['processor'])}"
            if not engine.startswith(OURS):
                said += f" ({own['p50'] / ours['p50']:.1f}×)"
            cells.append(said)
        yield _row(cells)


def _ms(value: float) -> str:
    return f"{value:.1f}" if value < 99.95 else f"{value:,.0f}"


def _checked(figures: Figures) -> Iterator[str]:
    wrong = figures["wrong"]
    yield (
        f"Totals: {figures['checked'] - len(wrong)} of {figures['checked']} answers that were "
        "checked equal a look at every clause."
    )
    yield from (f"- {each}" for each in wrong)
    forms = figures["forms"]
    yield (
        f"With other forms of the words, textmine found {forms['found']:,} clauses for "
        f"{forms['questions']} questions; looking for the forms in every clause finds "
        f"{forms['by forms']:,}."
    )
    yield from (f"- fewer: {each}" for each in forms["less"])


def _costs(figures: Figures) -> Iterator[str]:
    engines = list(figures["build"])
    clauses = figures["clauses"]
    yield from _head(["", *engines])
    build, opening, memory = figures["build"], figures["open"], figures["memory"]
    yield _row(["index made, s", *(f"{build[each]['seconds']:.0f}" for each in engines)])
    yield _row(["peak while making, MB", *(_mb(build[each]["peak"]) for each in engines)])
    if opening:
        yield _row(["opened in a fresh process, ms", *(_ms(opening[e]["open"]) for e in engines)])
        yield _row(["first question there, ms", *(_ms(opening[e]["first"]) for e in engines)])
        yield _row(["peak while asked, MB", *(_mb(memory[each]["peak"]) for each in engines)])
    cells = []
    for engine in engines:
        parts = {name: size for name, size in figures["parts"][engine].items() if size}
        split = ", ".join(f"{name} {size / clauses:.0f}" for name, size in parts.items())
        cells.append(f"{sum(parts.values()) / clauses:.0f} ({split})")
    yield _row(["index, bytes a clause", *cells])


def _mb(size: float) -> str:
    return f"{size / _MB:,.0f}"


def _changes(figures: Figures) -> Iterator[str]:
    """How long a tenth more takes, and what readers notice of it."""
    if not figures["change"]:
        return
    yield ""
    yield from _head(
        [
            "while another process works",
            "its seconds",
            "questions asked",
            "ms p50 / p95 / max",
            "opened anew, ms p50 / max",
            "errors",
        ]
    )
    for step, what in (("added", "10 % more clauses"), ("coded", "10 % coded anew")):
        for engine, steps in figures["change"].items():
            readers = steps[step]["readers"]
            yield _row(
                [
                    f"{engine}: {what}",
                    f"{steps[step]['writer']['seconds']:.1f}",
                    f"{readers['asked']:,}",
                    " / ".join(_ms(readers[each]) for each in ("p50", "p95", "max")),
                    " / ".join(_ms(readers[each]) for each in ("opened p50", "opened max")),
                    f"{readers['errors']} {'; '.join(readers['said'])}".strip(),
                ]
            )


def write(figures: Figures, folder: Path) -> None:
    """Put the tables between their marks; ValueError when the page has no place for them."""
    from textmine.store.whole import write_whole

    page = folder / _PAGE
    text = page.read_text(encoding="utf-8")
    mark, end = f"<!-- measured: {figures['clauses']} -->", "<!-- end -->"
    before, found, rest = text.partition(mark)
    if not found or end not in rest:
        raise ValueError(f"{page} has no place for {figures['clauses']} clauses: {mark} ... {end}")
    behind = rest[rest.index(end) :]
    write_whole(page, [f"{before}{mark}\n{tables(figures)}\n{behind}".encode()])
    kept = page.with_suffix(".json")
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    known[str(figures["clauses"])] = figures
    written = json.dumps(known, ensure_ascii=False, indent=1) + "\n"
    write_whole(kept, [written.encode("utf-8")])
