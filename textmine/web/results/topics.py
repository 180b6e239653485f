"""Topics: what the clauses speak of, found without codes; each with its clauses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from textmine import encoding
from textmine.encoding import VECTORS
from textmine.store.corpus import Corpus
from textmine.store.sheets import Column
from textmine.topics.found import Figures, Topic
from textmine.web.clause import clauses_named
from textmine.web.coding.blind import blind_coder
from textmine.web.language import N_, Interface, integer
from textmine.web.pages import desk, is_part, page, ui
from textmine.web.people import Reader
from textmine.web.results.counting import Tell
from textmine.web.results.figuring import documents_mark, settled
from textmine.web.results.sheets import Suffix, Told, sheet
from textmine.web.work.computing import Computed
from textmine.web.work.works import works

router = APIRouter(include_in_schema=False)

MEANING, WORDS = "meaning", "words"
AT_ONCE = 20
MOST = 200  # topics that one may ask for on a page

STEPS = (N_("Reading clauses"), N_("Reading meanings"), N_("Grouping clauses"))
"""What is told while topics are found."""

Word = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Member:
    """A clause of a topic; ``first`` are those to read before the others."""

    clause: str
    sureness: float
    first: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The topics of a corpus, without the texts of their clauses."""

    method: str
    encoder: str
    topics: tuple[Topic, ...]
    members: dict[int, tuple[Member, ...]] = field(repr=False)
    figures: Figures
    left_out: dict[str, int]
    notes: tuple[str, ...]

    @property
    def clauses(self) -> int:
        """How many clauses have a topic."""
        return sum(map(len, self.members.values()))


def found(corpus: Corpus, tell: Tell, *, method: str, count: int, language: str) -> Found:
    """Find the topics, by what clauses mean or by their words."""
    from textmine.topics.finding import find
    from textmine.topics.reading import clauses_of

    tell(STEPS[0])
    clauses = clauses_of(corpus.catalogue, language or None)
    encoder = None
    if method == MEANING:
        encoder = encoding.encoder(encoding.DEFAULT, corpus.folder / VECTORS)

    def on_step(done: int) -> None:
        tell(STEPS[1] if done < len(clauses) else STEPS[2], done, len(clauses))

    tell(STEPS[1] if encoder else STEPS[2])
    made = find(clauses, encoder, count=count or None, on_step=on_step)
    members: dict[int, list[Member]] = {topic.number: [] for topic in made.topics}
    for one in made.assignments:
        members[one.topic].append(Member(one.clause.id, one.sureness, one.representative))
    return Found(
        method=made.method,
        encoder=made.encoder,
        topics=made.topics,
        members={
            number: tuple(sorted(own, key=lambda each: (not each.first, -each.sureness)))
            for number, own in members.items()
        },
        figures=made.figures,
        left_out=dict(made.left_out),
        notes=made.notes,
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """How topics are to be found; ``count`` 0 leaves the number to a rule of thumb."""

    method: str
    count: int
    language: str

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        return urlencode(
            {"find": 1, "method": self.method, "count": self.count or "", "language": self.language}
        )


def _wanted(method: Word = "", count: Word = "", language: Word = "") -> Wanted:
    best = WORDS if encoding.missing(encoding.DEFAULT) else MEANING
    return Wanted(
        method if method in (MEANING, WORDS) else best,
        min(integer(count) or 0, MOST),
        language if language in ("fa", "en") else "",
    )


Asked = Annotated[Wanted, Depends(_wanted)]


def _asked(request: Request, wanted: Wanted) -> Computed:
    return works(request).computed(
        "textmine.web.results.topics:found",
        mark=documents_mark(request),
        method=wanted.method,
        count=wanted.count,
        language=wanted.language,
    )


@router.get("/results/topics")
def topics(
    request: Request,
    user: Reader,
    wanted: Asked,
    find: Word = "",
) -> Response:
    """The topics, when they are asked for: to find them takes a while."""
    answer = _asked(request, wanted) if find else Computed()
    known: Found | None = answer.value
    first = {} if known is None else _first(request, known)
    return page(
        request,
        "results/topics.html",
        part=is_part(request),
        wanted=wanted,
        asked=bool(find),
        found=answer,
        known=known,
        first=first,
        missing=encoding.missing(encoding.DEFAULT),
        notes=[] if known is None else _notes(ui(request), known),
    )


@router.get("/results/topics/table.{suffix}")
def topics_table(
    request: Request,
    user: Reader,
    suffix: Suffix,
    wanted: Asked,
) -> Response:
    """One clause a line with its topic."""
    known: Found = settled(_asked(request, wanted))
    columns = [
        Column("topic", "موضوع"),
        Column("label_fa", "برچسب فارسی", 30),
        Column("label_en", "برچسب انگلیسی", 30),
        Column("clause", "بند", 24),
        Column("sureness", "اطمینان"),
        Column("read_first", "نخست بخوانید"),
    ]
    rows = (
        {
            "topic": topic.number,
            "label_fa": topic.label("fa"),
            "label_en": topic.label("en"),
            "clause": each.clause,
            "sureness": round(each.sureness, 3),
            "read_first": each.first,
        }
        for topic in known.topics
        for each in known.members[topic.number]
    )
    told = Told("topics", ui(request).gettext("What the clauses speak of"))
    return sheet(request, told, suffix, columns, rows)


@router.get("/results/topics/{number:int}")
def topic(
    request: Request,
    user: Reader,
    number: int,
    wanted: Asked,
    page_number: Annotated[str, Query(alias="page", max_length=10)] = "",
) -> Response:
    """The clauses of one topic, those to read first in front."""
    answer = _asked(request, wanted)
    known: Found | None = answer.value
    one = next(
        (each for each in (known.topics if known is not None else ()) if each.number == number),
        None,
    )
    if known is not None and one is None:
        raise HTTPException(404)
    members = () if known is None else known.members.get(number, ())
    pages = max(1, -(-len(members) // AT_ONCE))
    at = min(max(1, integer(page_number) or 1), pages)
    some = members[(at - 1) * AT_ONCE : at * AT_ONCE]
    return page(
        request,
        "results/topic.html",
        part=is_part(request),
        wanted=wanted,
        found=answer,
        topic=one,
        total=len(members),
        clauses=clauses_named(
            desk(request), [each.clause for each in some], blind=blind_coder(request)
        ),
        members={each.clause: each for each in some},
        at=at,
        pages=pages,
    )


def _first(request: Request, known: Found) -> dict[int, list[object]]:
    """For each topic the first clause to read."""
    ids = {number: [each.clause for each in own if each.first][:2]
           for number, own in known.members.items()}  # fmt: skip
    wanted = [each for own in ids.values() for each in own]
    texts = {each.clause.id: each.clause for each in desk(request).corpus.catalogue.clauses(
        ids=wanted)}  # fmt: skip
    return {number: [texts[each] for each in own if each in texts] for number, own in ids.items()}


def _notes(words: Interface, known: Found) -> list[str]:
    """How far the topics can be trusted."""
    _ = words.gettext
    figures = known.figures
    found = []
    if figures.over_samples is not None:
        found.append(
            _(
                "With other clauses of the corpus the same topics come again at %(share)s "
                "(1: always, 0: by chance).",
                share=words.probability(figures.over_samples),
            )
        )
    if figures.over_seeds is not None:
        found.append(
            _("With another start: %(share)s.", share=words.probability(figures.over_seeds))
        )
    left = sum(known.left_out.values())
    if left:
        found.append(
            words.ngettext(
                "%(n)s clause has no topic: it has no words to go by, or is in no language.",
                "%(n)s clauses have no topic: they have no words to go by, or are in no language.",
                left,
            )
        )
    if known.method == WORDS:
        found.append(
            _("Found by words: each topic is of one language. Topics over both languages together "
              "need an encoder, which reads meanings.")
        )  # fmt: skip
    return found
