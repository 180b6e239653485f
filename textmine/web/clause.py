"""A clause as every page shows it: where it stands, its text with marks, the codes that count.

``clause.html`` draws what :func:`shown_clauses` gathers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from textmine import codebook as codebooks
from textmine.records import ClauseKind, Code, Codebook, Coding, Language, Span
from textmine.reports import marks
from textmine.standing import AGREED, PERSON, counted_codebook, standing_of
from textmine.store.catalogue import StoredClause
from textmine.web.desk import Desk
from textmine.web.language import Interface

_RETURN = "&#13;"  # written out, a browser would take it for a line feed


@dataclass(frozen=True, slots=True)
class AppliedCode:
    """A code that counts on a clause, who applied it and on what words.

    ``evidence`` are spans of the clause's text; ``probability`` is a model's. ``marked`` are the
    words that all who gave the code marked for it.
    """

    code: Code
    coder: str
    probability: float | None
    evidence: tuple[Span, ...]
    memo: str
    marked: tuple[Span, ...]

    @property
    def by_person(self) -> bool:
        """Whether a person decided it; otherwise a machine did."""
        return self.coder.startswith(PERSON)

    @property
    def who(self) -> str:
        """The coder's name without the kind of coder."""
        return self.coder.partition(":")[2]


@dataclass(frozen=True, slots=True)
class ShownClause:
    """A clause with what stands beside it. ``title`` is empty where the document is known anyway.

    ``read`` is False when no coder that counts has come to it: then it has no codes for that
    reason. ``counterpart`` is the id of its translation in the same document, or empty.
    ``printed`` is its number with the letters of a Persian document, where it has some. Of a
    clause shown to a ``blind`` coder who has not come to it, nothing is said of codes.
    """

    id: str
    document: int
    ordinal: int
    kind: ClauseKind
    number: str | None
    heading: str | None
    language: Language
    page: int
    text: str
    codes: tuple[AppliedCode, ...]
    read: bool
    title: str = ""
    counterpart: str = ""
    printed: str = ""
    blind: bool = False

    def label(self, ui: Interface) -> str:
        """What it is called on a page: ``Article 5``, ``Note 1 to Article 5``, ``Preamble``.

        Numbers are isolated, each in the direction of the letters in it.
        """
        whose, is_note, note = (self.number or "").rpartition(".note")
        if is_note and self.kind == "note":
            printed = self.printed.rpartition(".note")[2].removeprefix("-")
            number, note = _number(whose, ui), _number(note.removeprefix("-"), ui, printed)
            if not note:
                return ui.gettext("Note to Article %(number)s", number=number)
            return ui.gettext("Note %(note)s to Article %(number)s", note=note, number=number)
        number = _number(self.number or "", ui, self.printed)
        return f"{ui.term(f'clause.{self.kind}')} {number}".rstrip()

    def html(
        self, ui: Interface, highlights: Iterable[Span] = (), *, evidence: bool = True
    ) -> Markup:
        """The text with what was found in it and the words that carried codes marked."""
        carried = (
            [(span, each.code) for each in self.codes for span in each.marked] if evidence else []
        )
        return marked_text(self.text, highlights, carried, ui)


def _number(number: str, ui: Interface, printed: str = "") -> str:
    return f"\u2068{ui.of(marks.clause_number(number, printed))}\u2069" if number else ""


def shown_clauses(
    desk: Desk,
    clauses: Sequence[StoredClause],
    *,
    titles: Mapping[int, str] | None = None,
    counterparts: Mapping[str, str] | None = None,
    blind: str | None = None,
) -> list[ShownClause]:
    """Clauses with the codes that count on them (see :mod:`textmine.standing`), in their order.

    ``titles`` are those of documents by number, ``counterparts`` the translations of clauses by
    id. Who codes ``blind`` (the name of a coder, or "") sees own codes only. Asks about these
    clauses and their documents alone.
    """
    catalogue = desk.corpus.catalogue
    book = counting_codebook(desk)
    documents = {stored.clause.id: stored.document for stored in clauses}
    printed = _printed(desk, clauses)
    rule = standing_of(catalogue, set(documents.values()), book.reference)
    codings = catalogue.codings(codebook=book.reference, clauses=list(documents), coder=blind)
    decided = rule.counted((documents[each.clause], each) for each in codings)
    marked = _marked_by_people(codings)
    whole = rule.whole if blind is None else frozenset()
    found = []
    for stored in clauses:
        clause = stored.clause
        own = decided.get(clause.id, {})
        applied = [
            AppliedCode(
                code,
                each.coder,
                each.probability,
                each.evidence,
                each.memo,
                marked.get((clause.id, code.id), ()) if _is_one_of_several(each) else each.evidence,
            )
            for code in _codes(book, own)
            if (each := own[code.id]).applied
        ]
        found.append(
            ShownClause(
                id=clause.id,
                document=stored.document,
                ordinal=clause.ordinal,
                kind=clause.kind,
                number=clause.number,
                heading=clause.heading,
                language=clause.language,
                page=clause.page,
                text=clause.text,
                codes=tuple(applied),
                read=bool(own) or stored.document in whole,
                title=(titles or {}).get(stored.document, ""),
                counterpart=(counterparts or {}).get(clause.id, ""),
                printed=printed.get(clause.id, ""),
                blind=blind is not None,
            )
        )
    return found


def _is_one_of_several(coding: Coding) -> bool:
    """Whether it is a person's own decision, which stands beside those of others."""
    return coding.coder.startswith(PERSON) and coding.coder != AGREED


def _marked_by_people(codings: Iterable[Coding]) -> dict[tuple[str, str], tuple[Span, ...]]:
    """The words that people marked, by clause and code: of all who gave the code, not of one."""
    last = {
        (each.clause, each.code, each.coder): each for each in codings if _is_one_of_several(each)
    }
    found: dict[tuple[str, str], set[Span]] = {}
    for (clause, code, _), each in last.items():
        found.setdefault((clause, code), set()).update(each.evidence if each.applied else ())
    return {key: tuple(sorted(spans)) for key, spans in found.items()}


def clauses_named(
    desk: Desk,
    ids: Sequence[str],
    *,
    titles: Mapping[int, str] | None = None,
    counterparts: Mapping[str, str] | None = None,
    blind: str | None = None,
) -> list[ShownClause]:
    """Clauses of whatever documents, with their titles, in the order of ``ids``.

    Those that are gone are left out. ``titles`` are looked up where they are not given.
    ``blind`` is as for :func:`shown_clauses`.
    """
    catalogue = desk.corpus.catalogue
    stored = {each.clause.id: each for each in catalogue.clauses(ids=ids)} if ids else {}
    ordered = [stored[each] for each in ids if each in stored]
    if titles is None:
        numbers = sorted({each.document for each in ordered})
        titles = {each.id: each.title for each in catalogue.documents(numbers=numbers)}
    return shown_clauses(desk, ordered, titles=titles, counterparts=counterparts, blind=blind)


def _printed(desk: Desk, clauses: Iterable[StoredClause]) -> dict[str, str]:
    """The numbers of lettered Persian clauses as printed; of each document they are kept."""
    from textmine.clauses.letters import has_letter, printed_numbers

    catalogue = desk.corpus.catalogue
    known: dict[int, tuple[str, dict[str, str]]] = desk.remember("printed numbers", dict, mark="")
    found: dict[str, str] = {}
    for document in sorted({each.document for each in clauses if has_letter(each.clause)}):
        seal = catalogue.document_seals(document).get(document, "")
        held = known.get(document)
        if held is None or held[0] != seal:
            held = known[document] = (seal, printed_numbers(catalogue, document))
        found |= held[1]
    return found


def counting_codebook(desk: Desk) -> Codebook:
    """The codebook that codings which count follow: the corpus's own, or the one used last."""
    catalogue, own = desk.corpus.catalogue, desk.codebook
    reference = desk.remember(
        ("counting codebook", own.reference), lambda: counted_codebook(catalogue, own.reference)
    )
    if reference == own.reference:
        return own

    def kept() -> Codebook:
        return codebooks.parse(catalogue.codebook_source(reference), reference)

    return desk.remember(("codebook", reference), kept, mark=reference)


def _codes(book: Codebook, used: Iterable[str]) -> list[Code]:
    """Codes in the order of the codebook; those that it does not have come last, by their ids."""
    used = set(used)
    known = [code for code in book.codes if code.id in used]
    strays = sorted(used - {code.id for code in known})
    return [*known, *(Code(each, {"en": each, "fa": each}, {}) for each in strays)]


def marked_text(
    text: str,
    highlights: Iterable[Span],
    evidence: Iterable[tuple[Span, Code]],
    ui: Interface,
) -> Markup:
    """Text in stretches that know where they begin, what was found and what carried a code marked.

    Each stretch has ``data-start``, counted in code points of ``text``; a character that is shown
    as a visible mark (class ``ctl``) counts as one.
    """
    length = len(text)
    found = [span for span in highlights if 0 <= span.start < span.end <= length]
    carried = [(span, code) for span, code in evidence if 0 <= span.start < span.end <= length]
    spans = [*found, *(span for span, _ in carried)]
    edges = sorted({0, length, *(edge for span in spans for edge in span)})
    parts = []
    for start, end in pairwise(edges):
        stretch = Markup(str(marks.shown(text[start:end])).replace("\r", _RETURN))
        codes = {code.id: code for span, code in carried if span.start <= start and end <= span.end}
        hit = any(span.start <= start and end <= span.end for span in found)
        if not codes and not hit:
            parts.append(Markup('<span data-start="{}">{}</span>').format(start, stretch))
            continue
        of_codes = Markup("")
        if codes:
            names = "، " if ui.tongue == "fa" else ", "
            of_codes = Markup(' data-codes="{}" title="{}"').format(
                " ".join(codes), names.join(ui.name(dict(code.name)) for code in codes.values())
            )
        kinds = " ".join(kind for kind, is_so in (("hit", hit), ("evidence", codes)) if is_so)
        parts.append(
            Markup('<mark class="{}" data-start="{}"{}>{}</mark>').format(
                kinds, start, of_codes, stretch
            )
        )
    return Markup("").join(parts)
