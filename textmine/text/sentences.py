"""Where sentences begin and end: rules for Persian here, spaCy's tokens for English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textmine.records import Language, Span
from textmine.text.letters import ARABIC_LETTERS, ARABIC_MARKS, DIGITS, HALF_SPACE, LATIN_LETTERS

LABELS = frozenset({
    "ماده", "مواد", "اصل", "بند", "تبصره", "فصل", "بخش", "باب", "جزء", "پیوست", "ضمیمه",
    "جدول", "شکل", "نمودار", "نقشه", "article", "articles", "section", "clause", "paragraph",
    "chapter", "part", "annex", "appendix", "schedule", "note", "rule", "table", "figure",
    "title", "preamble",
})  # fmt: skip
"""Words that stand with a number before the text they number: "Article 5. The Parties ..."."""

MAX_ASIDE = 400
"""The longest text in brackets (characters) in which a full stop does not end the sentence."""

# Titles and references whose stop ends nothing. Abbreviations by single letters (ه.ش، ج.ا، ص.) need
# no entry: a stop after a lone letter never ends a sentence.
_PERSIAN_ABBREVIATIONS = frozenset({
    "دکتر", "مهندس", "پروفسور", "رک", "نک", "صص", "تلفن", "شم",
})  # fmt: skip
# Latin abbreviations in a Persian reference, before a name or a number.
_LATIN_ABBREVIATIONS = frozenset({
    "al", "pp", "vol", "no", "nos", "ed", "eds", "trans", "dr", "mr", "mrs", "ms", "prof",
    "st", "cf", "e.g", "i.e", "vs", "fig", "jr", "ph", "ch", "sec", "art",
})  # fmt: skip
# A word that goes on with the sentence after a closed quotation: «... باشد.» و رفت.
_CONTINUATIONS = frozenset({
    "و", "که", "را", "تا", "با", "یا", "است", "بود", "شد",
})  # fmt: skip

# «و ...» and «و…» are "and so on": the sentence goes on behind them, in news text 28 times of 30.
_AND_SO_ON = re.compile(f"(?<![{ARABIC_LETTERS}{HALF_SPACE}])و\\s*$")
# A verb that says nothing alone. Between two full stops it is the end of the sentence before, which
# an abbreviation or a stray stop cut off: «... نفت و گاز. می‌باشد.»
_PREFIX = f"(?:ن?می[{HALF_SPACE} ]?)?"
_VERB = (
    f"(?:{_PREFIX}(?:شود|شوند|شد|شدند|گردد|گردند|گردید|باشد|باشند|نماید|نمایند|گیرد|گیرند"
    "|کند|کنند)|است|اند|هستند|بود|بودند|خواهد|خواهند|شده|بوده|گردیده|کرده|داده|گرفته|نموده)"
)
_LONE_VERB = re.compile(
    rf"\s*{_VERB}(?:\s{_VERB}){{0,3}}\s*[.؛](?=\s|$)".replace("ی", "[یي]").replace("ک", "[کك]")
)

_PARAGRAPH = re.compile(r"(?:\r\n?|\n)[^\S\r\n]*(?:(?:\r\n?|\n)[^\S\r\n]*)+|\u2029")
_STOP = re.compile(r"[.!?؟۔…]+")
_CLOSERS = re.compile(r"[»”’\"')\]}›]*")
_BRACKETS = {"(": ")", "[": "]", "{": "}", "«": "»"}
_LETTERS = f"{ARABIC_LETTERS}{LATIN_LETTERS}"
_LAST_WORD = re.compile(
    f"[{_LETTERS}{DIGITS}{ARABIC_MARKS}\u0640{HALF_SPACE}\u200d]+"
    f"(?:\\.[{_LETTERS}{ARABIC_MARKS}\u0640\u200d]+)*$"
)
_ANY_LETTER = re.compile(f"[{_LETTERS}]")
_FIRST_WORD = re.compile(f"[{_LETTERS}{ARABIC_MARKS}{HALF_SPACE}]+")
_NUMBERING = re.compile(
    rf"[\s(\[]*(?:(?P<label>[{_LETTERS}]+)\s+)?"
    rf"(?:[{DIGITS}]+(?:[.\-–/][{DIGITS}]+)*|[{_LETTERS}]|الف|[IVXLivxl]+)[)\]]?\s*"
)


def sentences(text: str, language: Language) -> tuple[Span, ...]:
    """The sentences of ``text`` in order, without the white space around them.

    A blank line always ends a sentence and a single line feed never does, since text out of pages
    is broken at the width of the page. A semicolon (؛) ends none. Not ended either are
    abbreviations, initials, decimals, addresses, the numbering before a clause ("ماده ۵."), «و ...»
    ("and so on"), a full stop before nothing but a verb such as «شود.», and text in brackets of up
    to ``MAX_ASIDE`` characters. English is cut into tokens by spaCy; the
    other languages by rules for Persian.

    >>> text = "دکتر. احمدی (ر.ک. ص. ۱۲) در سال ۱۳۵۷ ه.ش. آمد. چرا؟"
    >>> [text[start:end] for start, end in sentences(text, "fa")]
    ['دکتر. احمدی (ر.ک. ص. ۱۲) در سال ۱۳۵۷ ه.ش. آمد.', 'چرا؟']
    >>> text = "Under Art. 5 the U.S. Government, i.e. the Party, shall pay. It shall not delay."
    >>> [text[start:end] for start, end in sentences(text, "en")]
    ['Under Art. 5 the U.S. Government, i.e. the Party, shall pay.', 'It shall not delay.']
    """
    found: list[Span] = []
    for start, end in paragraphs(text):
        block = text[start:end]
        if language == "en":
            from textmine.text.english import sentence_ends  # spaCy: seconds to import

            ends: Iterator[int] = iter(sentence_ends(block))
        else:
            ends = _persian_ends(block)
        begin = 0
        for stop in (*ends, len(block)):
            piece = block[begin:stop]
            bare = piece.strip()
            if bare:
                at = start + begin + len(piece) - len(piece.lstrip())
                found.append(Span(at, at + len(bare)))
            begin = stop
    return tuple(found)


def paragraphs(text: str) -> tuple[Span, ...]:
    """The stretches of ``text`` between blank lines, white space around them included.

    >>> paragraphs("one\\ntwo\\n \\nthree")
    (Span(start=0, end=7), Span(start=10, end=15))
    """
    found = []
    start = 0
    for gap in _PARAGRAPH.finditer(text):
        found.append(Span(start, gap.start()))
        start = gap.end()
    found.append(Span(start, len(text)))
    return tuple(
        span for span in found if not text[span.start : span.end].isspace() and span[0] < span[1]
    )


def asides(text: str, brackets: dict[str, str], longest: int = MAX_ASIDE) -> tuple[Span, ...]:
    """The outermost bracketed stretches of ``text`` that close within ``longest`` characters.

    >>> asides("a (b [c]) d", {"(": ")", "[": "]"})
    (Span(start=2, end=9),)
    """
    pattern = re.compile("[" + re.escape("".join(brackets) + "".join(brackets.values())) + "]")
    found: list[Span] = []
    open_ones: list[tuple[str, int]] = []
    for match in pattern.finditer(text):
        sign = match[0]
        if sign in brackets:
            open_ones.append((brackets[sign], match.start()))
            continue
        while open_ones:  # an opening bracket without its partner is passed over
            closing, start = open_ones.pop()
            if closing == sign:
                if match.end() - start <= longest:
                    while found and found[-1].start > start:
                        found.pop()
                    found.append(Span(start, match.end()))
                break
    return tuple(found)


def is_numbering(text: str) -> bool:
    """Whether ``text`` is only the number before a clause, as in "۱", "(a)", "Article 5".

    >>> is_numbering("ماده ۵"), is_numbering("(a)"), is_numbering("ماده ۵ است")
    (True, True, False)
    """
    match = _NUMBERING.fullmatch(text)
    if match is None:
        return False
    return match["label"] is None or match["label"].casefold() in LABELS


def is_lone_verb(text: str) -> bool:
    """Whether ``text`` is nothing but the verb that a sentence before it wants, and a stop.

    >>> is_lone_verb("می‌باشد."), is_lone_verb("شده است."), is_lone_verb("تهران شد.")
    (True, True, False)
    """
    match = _LONE_VERB.match(text)
    return match is not None and not text[match.end() :].strip()


def _persian_ends(block: str) -> Iterator[int]:
    """Offsets behind each sentence of one paragraph but the last."""
    shut = asides(block, _BRACKETS)
    aside = 0
    begin = 0
    for stop in _STOP.finditer(block):
        while aside < len(shut) and shut[aside].end <= stop.start():
            aside += 1
        inside = aside < len(shut) and shut[aside].start < stop.start()
        closed = _CLOSERS.match(block, stop.end())
        end = closed.end() if closed else stop.end()
        if inside and end < shut[aside].end:
            continue
        if end < len(block) and _ends_here(block, begin, stop, end):
            yield end
            begin = end


def _ends_here(block: str, begin: int, stop: re.Match[str], end: int) -> bool:
    before = block[max(begin, stop.start() - 60) : stop.start()]
    after = block[end : end + 60]
    next_word = _FIRST_WORD.match(after.lstrip(" \t\r\n«“\"'([" + HALF_SPACE))
    if not after[0].isspace():
        return stop[0] != "…" and _stops_without_space(before, after, end > stop.end())
    if not _ANY_LETTER.search(block, max(begin, stop.start() - 200), stop.start()):
        return False  # no word yet: a number, a bullet, a stray stop
    if end > stop.end() and next_word and next_word[0] in _CONTINUATIONS:
        return False
    if stop[0][0] in "!?؟":
        return True
    if _LONE_VERB.match(block, end):
        return False
    if stop[0] == "…" or len(stop[0]) > 1:
        if _AND_SO_ON.search(before):
            return False
        return not (next_word and next_word[0] in _CONTINUATIONS)
    return not (
        _is_abbreviation(before) or is_numbering(block[begin : min(stop.start(), begin + 60)])
    )


def _stops_without_space(before: str, after: str, closed: bool) -> bool:
    """Whether a stop with no space after it still parts two Persian words of three letters."""
    return (
        not closed
        and re.search(f"(?<!\\.)[{ARABIC_LETTERS}{HALF_SPACE}]{{3,}}$", before) is not None
        and re.match(f"[{ARABIC_LETTERS}]{{2,}}", after) is not None
        and not _is_abbreviation(before)
    )


def _is_abbreviation(before: str) -> bool:
    match = _LAST_WORD.search(before)
    if not match:
        return False
    word = match[0]
    last = word.rpartition(".")[2].strip("\u0640\u200d")
    if len(last) == 1 and not last.isdigit():
        return True
    return word in _PERSIAN_ABBREVIATIONS or word.casefold() in _LATIN_ABBREVIATIONS
