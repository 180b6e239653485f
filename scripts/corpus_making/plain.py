"""Text files and Markdown, as a clerk would save them."""

from __future__ import annotations

from .manuscript import Block, Manuscript


def text(manuscript: Manuscript) -> bytes:
    """Plain text: a byte order mark in Persian files, CRLF in English ones."""
    lines: list[str] = []
    for block in manuscript.blocks:
        if block.kind != "break":
            lines += [_lines(manuscript, block), ""]
    if manuscript.notes:
        lines.append("_" * 20)
        for number, note in enumerate(manuscript.notes, start=1):
            lines.append(f"({manuscript.digits(number)}) {_plain(manuscript, note)}")
    content = "\n".join(lines).rstrip("\n") + "\n"
    if manuscript.persian:
        return content.encode("utf-8-sig")
    return content.replace("\n", "\r\n").encode("utf-8")


def markdown(manuscript: Manuscript) -> bytes:
    """The body of the manuscript without its page breaks."""
    blocks = manuscript.body.split("\n\n")
    return "\n\n".join(block for block in blocks if block.strip() != r"\pagebreak").encode()


def _lines(manuscript: Manuscript, block: Block) -> str:
    if block.kind == "table":
        return "\n".join("\t".join(_plain(manuscript, cell) for cell in row) for row in block.rows)
    text = _plain(manuscript, block.text)
    return "  " * block.depth + f"{block.number} {text}" if block.kind == "item" else text


def _plain(manuscript: Manuscript, text: str) -> str:
    return manuscript.plain(text, lambda number: f"({manuscript.digits(number)})")
