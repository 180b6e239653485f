"""English by spaCy: a blank pipeline with a sentence component made for agreements and papers.

Importing this module imports spaCy, so import it where it is used.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Token

from textmine.text.sentences import asides, is_numbering

# Before a name: never the end of a sentence.
_TITLES = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "hon", "rev", "st", "gen", "col", "capt", "lt", "gov",
    "sen", "rep", "amb", "h.e", "messrs", "e.g", "i.e", "cf", "viz", "vs", "v", "approx",
    "ed", "eds", "trans",
})  # fmt: skip
# Before a number: the end of a sentence when none follows ("the answer is no.").
_BEFORE_NUMBERS = frozenset({
    "no", "nos", "art", "arts", "p", "pp", "par", "para", "paras", "sec", "secs", "ch",
    "chap", "vol", "vols", "fig", "figs", "tab", "eq", "cl", "reg", "regs", "ann", "app",
    "sched", "n", "nr", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct",
    "nov", "dec",
})  # fmt: skip
# Ends a sentence only before a word that sentences begin with.
_EITHER = frozenset({
    "al", "etc", "inc", "ltd", "co", "corp", "bros", "jr", "sr", "dept", "div", "univ", "u.s",
    "u.k", "u.n", "e.u", "u.a.e", "u.s.a", "i.r", "d.c", "a.m", "p.m", "ph.d", "a.d", "b.c",
})  # fmt: skip
# Words that begin sentences and hardly ever continue a name.
_OPENERS = frozenset({
    "a", "an", "the", "this", "these", "that", "those", "it", "its", "he", "she", "they",
    "we", "i", "in", "on", "at", "by", "for", "from", "if", "as", "when", "where", "while",
    "whereas", "however", "moreover", "furthermore", "therefore", "thus", "also", "although",
    "any", "all", "each", "such", "no", "neither", "both", "either", "nothing", "there", "to",
    "upon", "under", "with", "within", "without", "after", "before", "during", "here", "our",
    "their", "his", "her", "parties",
})  # fmt: skip
_CLOSERS = frozenset("\"'”’»)]}")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


def sentence_ends(block: str) -> list[int]:
    """Offsets behind each sentence of one paragraph but the last, told from spaCy's tokens.

    >>> sentence_ends("It ended at 5 p.m. The Parties left.")
    [18]
    """
    return [sentence.end_char for sentence in _pipeline()(block).sents][:-1]


@cache
def _pipeline() -> Language:
    pipeline = spacy.blank("en")
    pipeline.max_length = 10**9  # the limit guards parsers and entity models; here are none
    pipeline.add_pipe("textmine_sentences")
    return pipeline


@Language.component("textmine_sentences")
def _mark_sentences(doc: Doc) -> Doc:
    text = doc.text
    shut = asides(text, _BRACKETS)
    aside = 0
    begin = 0
    starts = np.full((len(doc), 1), -1, dtype=np.int64)  # -1 says no, 0 would say unknown
    starts[:1] = 1
    for token in doc:
        if not token.text.endswith((".", "!", "?", "…")) or token.i < begin:
            continue
        after = token.i + 1
        while after < len(doc) and doc[after].text in _CLOSERS and not doc[after - 1].whitespace_:
            after += 1
        closed = after
        while after < len(doc) and doc[after].is_space:
            after += 1
        if after == len(doc):
            break
        while aside < len(shut) and shut[aside].end <= token.idx:
            aside += 1
        if (
            aside < len(shut)
            and shut[aside].start < token.idx
            and doc[closed - 1].idx + len(doc[closed - 1]) < shut[aside].end
        ):
            continue
        spaced = bool(doc[closed - 1].whitespace_) or closed < after
        if spaced and _ends_here(doc, text, begin, token, after):
            starts[after] = 1
            begin = after
    # All at once: setting them one by one looks at the whole text each time.
    numbers = starts.astype(np.uint64)
    return doc.from_array(["SENT_START"], numbers)  # type: ignore[arg-type]  # thinc's own type


def _ends_here(doc: Doc, text: str, begin: int, token: Token, after: int) -> bool:
    following = doc[after]
    opener = following
    while opener.i + 1 < len(doc) and opener.text in "\"'“‘«([":
        opener = opener.nbor()
    if opener.text[0].islower() and not is_numbering(opener.text):
        return False
    if token.text[-1] != ".":
        return True
    stop = token.idx + len(token) - 1
    start = doc[begin].idx
    if is_numbering(text[start : min(stop, start + 60)]):
        return False
    first = token
    while first.i > begin and not first.nbor(-1).whitespace_ and not first.nbor(-1).is_space:
        first = first.nbor(-1)
    word = text[first.idx : stop].lstrip("([{\"'“‘").lower()
    if word in _TITLES:
        return False
    if word in _BEFORE_NUMBERS:
        return not (opener.text[0].isdigit() or is_numbering(opener.text.rstrip(".,;:")))
    if word in _EITHER or (len(word) == 1 and word.isalpha()):
        return opener.text[0].isupper() and opener.lower_ in _OPENERS
    return True
