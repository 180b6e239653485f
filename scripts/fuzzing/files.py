"""Files of text: plain text, Markdown, web pages, tables of codings."""

from __future__ import annotations

from fuzzing.sound import check_extraction, fault_behind
from fuzzing.targets import Target, folder
from fuzzing.texts import AGREEMENT
from textmine.codings.files import read_coded, write_coded
from textmine.errors import InputError, ReadError
from textmine.sources.html import read_html
from textmine.sources.plain import read_markdown, read_plain

_FOLDER = folder()


def html_seeds() -> list[bytes]:
    """Pages with lists, tables, notes and what is not shown."""
    return [
        b"<!doctype html><html lang=fa dir=rtl><title>t</title><body><h1>a</h1><ol start=3><li>b"
        b"<li value=9>c</ol><p hidden>d</p><script>e</script><br>f&#x200c;g&amp;h",
        b"<meta charset=utf-8><table><tr><th rowspan=2>a<td colspan=3>"
        + "ماده ۱".encode()
        + b"<tr><td>x</table>",
        b"<ul style='list-style-type:lower-roman'><li>a<ul><li>b</ul></ul><pre>c\n d</pre>"
        b"<sup id=fnref1><a href='#fn1'>1</a></sup><aside id=fn1>n</aside>",
        b"<ruby>a<rp>(</rp><rt>b</rt></ruby><math><mi>x</mi></math><svg><text>y</text></svg>"
        b"<div style='display:none'>n</div><details><summary>s</summary>t</details><img alt=z>",
        b"<?xml version='1.0' encoding='windows-1256'?><html><head><meta http-equiv=Content-Type "
        b"content='text/html; charset=windows-1256'></head><body>\xe3\xc7\xcf\xe5 1</body></html>",
    ]


def plain_seeds() -> list[bytes]:
    """Text in several encodings, and Markdown."""
    return [
        AGREEMENT.encode(),
        AGREEMENT.encode("utf-16"),
        "ماده ۱ همكاري".encode("cp1256", "replace"),
        b"---\ntitle: A\n---\n# One\n\n1. a\n   - b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\na[^1]\n\n"
        b"[^1]: note\n\n```\ncode\n```\n> quote\n",
    ]


def read_web_page(data: bytes) -> None:
    """The text of a web page."""
    _read("a.html", data)


def read_text(data: bytes) -> None:
    """The text of plain text, and of the same bytes as Markdown."""
    _read("a.txt", data)
    _read("a.md", data)


_READERS = {"a.html": read_html, "a.txt": read_plain, "a.md": read_markdown}


def _read(name: str, data: bytes) -> None:
    path = _FOLDER / name
    path.write_bytes(data)
    try:
        extraction = _READERS[name](path)
    except ReadError as error:
        if (fault := fault_behind(error)) is not None:
            raise fault from error
        return
    check_extraction(extraction)


def table_seeds() -> list[bytes]:
    """Codings as a table and as JSON Lines."""
    head = "document,clause,language,text,codes,coder,codebook,memo\n"
    return [
        f"\ufeff{head}a.pdf,c1,fa,ماده,cultural; other,person:a,themes@1,\n".encode(),
        f'{head}a,c1,en,\'=1+1,,person:a,t@1,"two\nlines"\n'.replace(",", ";").encode(),
        b'{"document":"a","clause":"c","language":"en","text":"=t","codes":["x"],"coder":"p",'
        b'"codebook":"t@1","weight":2}\n\n{"document":"b"}',
    ]


def read_codings(data: bytes) -> None:
    """Codings from a file; what was read is written and read again."""
    for suffix in ("csv", "jsonl"):
        path, again = _FOLDER / f"coded.{suffix}", _FOLDER / f"again.{suffix}"
        path.write_bytes(data)
        try:
            coded = read_coded(path)
        except InputError:
            continue
        unweighted = [one for one in coded if one.weight == 1.0]
        try:
            write_coded(again, unweighted)
        except InputError:
            continue
        assert read_coded(again) == unweighted, "what was written is not what is read"


TARGETS = {
    "html": Target(read_web_page, html_seeds),
    "plain": Target(read_text, plain_seeds),
    "codings": Target(read_codings, table_seeds, longest=1500),
}
