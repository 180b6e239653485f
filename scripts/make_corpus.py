# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "fonttools==4.68.0",
#   "fpdf2==2.8.9",
#   "lxml>=5.3",
#   "python-docx==1.2.0",
#   "pyyaml>=6",
#   "uharfbuzz==0.57.0",
# ]
# ///
"""Typeset the manuscripts of the sample corpus. For maintainers; users get the documents made.

    python scripts/make_corpus.py            # what has changed
    python scripts/make_corpus.py --all      # everything
    python scripts/make_corpus.py --check    # is every document made from its manuscript?

Reads ``corpus/manuscripts/*.md``; writes ``corpus/documents/``, its ``documents.csv`` and
``corpus/manuscripts/MANIFEST.json``, which holds the SHA-256 of every manuscript and of the
document made from it. ``--check`` needs the standard library and PyYAML. Making needs the packages
named above, Chromium (``chromium``) and LibreOffice Writer (``soffice``) on the path; the committed
documents were made with Chromium 156 and LibreOffice 7.4. The same manuscript gives the same bytes
again, except that LibreOffice writes the fonts of a document in one order or another.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import re
import sys
from pathlib import Path

from corpus_making import manuscript as manuscripts
from corpus_making.manuscript import Manuscript

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
MANUSCRIPTS = CORPUS / "manuscripts"
MANIFEST = MANUSCRIPTS / "MANIFEST.json"
DOCUMENTS = CORPUS / "documents"
TABLE = DOCUMENTS / "documents.csv"

COLUMNS = ("path", "title", "kind", "language", "date", "date_persian", "parties")

# Documents without a row in documents.csv: their metadata must be guessed from their text.
UNLISTED = (
    "bi-01-kashan-fez",
    "en-02-zanjan-graz",
    "fa-03-kashan-kutahya",
    "fa-08-shahrekord-resolution",
)
# The one Word file whose (a), (b), (c) are Word's own numbering and stand nowhere in its text.
WORD_NUMBERED = "en-08-zanjan-council-report"
# The one paper in two columns.
TWO_COLUMNS = "fa-10-noninterference-paper"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--all", action="store_true", help="make every document again")
    choice.add_argument("--check", action="store_true", help="only look for what is out of date")
    options = parser.parse_args()
    sources = [manuscripts.read(path) for path in sorted(MANUSCRIPTS.glob("*.md"))]
    if options.check:
        faults = check(sources)
        for fault in faults:
            print(fault)
        return 1 if faults else 0
    make(sources, everything=options.all)
    return 0


def check(sources: list[Manuscript]) -> list[str]:
    """One sentence for everything in ``corpus/documents`` that does not follow from its source."""
    recorded = _manifest()
    faults = [
        f"{name} is in MANIFEST.json and has no manuscript."
        for name in sorted(set(recorded) - {source.id for source in sources})
    ]
    for source in sources:
        document = DOCUMENTS / source.document
        entry = recorded.get(source.id)
        if entry is None:
            faults.append(f"{source.id} has not been made yet.")
        elif entry["manuscript"] != _sha256(source.path):
            faults.append(f"The manuscript {source.id} has changed since its document was made.")
        elif entry["document"] != source.document or not document.is_file():
            faults.append(f"The document {source.document} is missing.")
        elif entry["sha256"] != _sha256(document):
            faults.append(f"The document {source.document} is not the one that was made.")
    expected = {source.document for source in sources} | {TABLE.name}
    present = {path.relative_to(DOCUMENTS).as_posix() for path in _files()}
    faults += [f"{name} in corpus/documents has no source." for name in sorted(present - expected)]
    if not TABLE.is_file() or TABLE.read_bytes() != table(sources):
        faults.append("documents.csv does not say what the manuscripts say.")
    return faults


def make(sources: list[Manuscript], everything: bool) -> None:
    """Make the documents that are out of date, the table, and the manifest."""
    recorded = _manifest()
    made = {}
    for source in sources:
        target = DOCUMENTS / source.document
        digest = _sha256(source.path)
        entry = {"manuscript": digest, "document": source.document}
        old = recorded.get(source.id, {})
        fresh = old | entry == old and target.is_file() and old["sha256"] == _sha256(target)
        if everything or not fresh:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(document(source))
            print(f"made {source.document}", file=sys.stderr)
        made[source.id] = entry | {"sha256": _sha256(target)}
    expected = {source.document for source in sources} | {TABLE.name}
    for path in _files():
        if path.relative_to(DOCUMENTS).as_posix() not in expected:
            path.unlink()
            print(f"removed {path.relative_to(DOCUMENTS)}", file=sys.stderr)
    TABLE.write_bytes(table(sources))
    MANIFEST.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def document(source: Manuscript) -> bytes:
    """The document that the front matter asks for."""
    # Imported here, so that --check does without them.
    from corpus_making import plain, web

    match source.format:
        case "txt":
            return plain.text(source)
        case "md":
            return plain.markdown(source)
        case "html":
            return web.page(source)
    if source.producer == "chromium":
        return fixed(web.pdf(source, two_columns=source.id == TWO_COLUMNS), source.date)
    if source.producer == "fpdf2":
        from corpus_making import fpdf2_pages

        return fpdf2_pages.pdf(source)
    from corpus_making import word

    if source.format == "docx":
        return word.docx(source, numbered=source.id == WORD_NUMBERED)
    return fixed(word.pdf(source), source.date)


def fixed(pdf: bytes, date: str) -> bytes:
    """The same PDF with the document's own date and an identifier computed from its content.

    Replacements keep their length, so that the offsets in the cross-reference table stay right.
    """
    day = date.replace("-", "").encode()
    pdf = re.sub(rb"\(D:\d{14}", b"(D:" + day + b"120000", pdf)
    identifier = rb"(/ID\s*\[\s*<|/DocChecksum\s*/|>\s*<)([0-9A-F]{32})(?=[>\s])"
    blank = re.sub(identifier, rb"\g<1>" + b"0" * 32, pdf)
    digest = hashlib.md5(blank, usedforsecurity=False).hexdigest().upper().encode()
    return re.sub(identifier, rb"\g<1>" + digest, pdf)


def table(sources: list[Manuscript]) -> bytes:
    """``documents.csv``: UTF-8, one row for each document but the unlisted ones."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for source in sources:
        if source.id not in UNLISTED:
            fields = [str(source.front[name]) for name in COLUMNS[1:-1]]
            writer.writerow([source.document, *fields, "; ".join(source.front["parties"])])
    return target.getvalue().encode()


def _files() -> list[Path]:
    return [path for path in sorted(DOCUMENTS.rglob("*")) if path.is_file()]


def _manifest() -> dict[str, dict[str, str]]:
    if not MANIFEST.is_file():
        return {}
    entries: dict[str, dict[str, str]] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return entries


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
