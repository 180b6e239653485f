"""How far the text of a page can be trusted, told by figures."""

from __future__ import annotations

import re
from collections import Counter

from textmine.pages.glyphs import Sheet, is_arabic
from textmine.records import Verdict

_UNMAPPED_SHARE = 0.02  # more unreadable glyphs than this and words are lost
_WORDS_TO_JUDGE = 60
_COMMON_SHARE = 0.04  # of words; running text has 0.2
# Some of these stand in any page of running text, in Persian and in Arabic.
_COMMON_WORDS = re.compile(
    "(?:و|در|به|از|که|این|را|با|است|آن|برای|تا|بر|یا|هر|می|نمی|های|ها|شد|شده|شود|کرد"
    "|في|من|على|الى|إلى|أن|عن|هذا|التي|ما|لا)"
)
_WORD = re.compile(r"[^\W\d_]+")
_STAMMER = re.compile(r"([\u0621-\u064a\u0671-\u06d3])\1\1")
_FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")

_REPAIRS = {
    "letters_named": "{} letters that the font does not name were found by their words",
    "half_spaces_by_shape": "{} half-spaces were found by the shapes of letters",
    "brackets_turned": "{} brackets were turned round",
    "false_letters": "{} stretching strokes that the font calls letters were removed",
    "low_bytes": "{} pairs of letters written as one wrong character were taken apart",
}


def verdict_on(
    sheet: Sheet, text: str, glyphs: int, unmapped: int, repairs: Counter[str]
) -> Verdict:
    """The verdict on a page, with every figure that is not zero."""
    figures: dict[str, float] = {"glyphs": glyphs}
    figures.update((name, count) for name, count in sorted(repairs.items()) if count)
    area = max(sheet.width * sheet.height, 1.0)
    share = unmapped / max(1, glyphs)
    for name, value in (
        ("unmapped", unmapped),
        ("unmapped_share", round(share, 4)),
        ("hidden", sheet.hidden),
        ("skewed", sheet.skewed),
        ("picture_share", round(min(1.0, sheet.picture_area / area), 3)),
    ):
        if value:
            figures[name] = value
    if not text.strip():
        return Verdict("none", _why_empty(sheet, area), figures)
    doubts = _doubts(sheet, text, glyphs, unmapped, share, area)
    if doubts:
        return Verdict("suspect", " ".join(doubts), figures)
    done = [said.format(repairs[name]) for name, said in _REPAIRS.items() if repairs[name]]
    if done:
        return Verdict("repaired", "; ".join(done) + ".", figures)
    return Verdict("good", "", figures)


def _why_empty(sheet: Sheet, area: float) -> str:
    if sheet.skewed:
        return "The page holds only slanted text, which is not read."
    if sheet.picture_area > 0.05 * area:
        return "The page is a picture without a text layer; its text must be recognised (OCR)."
    if sheet.curves > 50:
        return "The page has no text, only drawings; its letters may be drawn as outlines."
    return "The page is empty."


def _doubts(
    sheet: Sheet, text: str, glyphs: int, unmapped: int, share: float, area: float
) -> list[str]:
    out: list[str] = []
    if share >= _UNMAPPED_SHARE:
        out.append(
            f"The fonts do not say what {unmapped} of {glyphs} glyphs mean "
            "and the words around them do not tell."
        )
    if sheet.hidden > 0.5 * glyphs:
        seen = " over a picture" if sheet.picture_area > 0.3 * area else ""
        out.append(f"The text is an invisible layer{seen}, as text recognition writes it.")
    if sheet.skewed > 0.1 * (glyphs + sheet.skewed):
        out.append(f"{sheet.skewed} glyphs of slanted text were left out.")
    words = _WORD.findall(text)
    persian = [word for word in words if is_arabic(word[0])]
    prose = _prose(text)
    if len(prose) >= _WORDS_TO_JUDGE:
        common = sum(_COMMON_WORDS.fullmatch(word) is not None for word in prose)
        if common < _COMMON_SHARE * len(prose):
            out.append("Common Persian words are missing: the letters may be named wrongly.")
    elif not persian and len(words) >= _WORDS_TO_JUDGE:
        letters = "".join(words)
        odd = sum("\x7f" < char < "\u0250" for char in letters)
        if odd > 0.3 * len(letters):
            out.append("Most letters are accented ones: the font may hide another alphabet.")
    if len(_STAMMER.findall(text)) > 3:
        out.append("Letters repeat as they never do: a stretching stroke may be named as a letter.")
    years = [int(digits) for digits in _FOUR_DIGITS.findall(text)]
    likely = sum(1200 <= year < 1500 or 1700 <= year < 2100 for year in years)
    if len(persian) >= _WORDS_TO_JUDGE and len(years) >= 8 and likely < 0.5 * len(years):
        out.append("Few of the four-digit numbers can be years: digits may be named wrongly.")
    return out


def _prose(text: str) -> list[str]:
    """The Persian words of lines that can be running text; glossaries have no common words."""
    out: list[str] = []
    for line in text.splitlines():
        words = _WORD.findall(line)
        persian = [word for word in words if is_arabic(word[0])]
        if len(persian) >= 6 and len(persian) > 0.7 * len(words):
            out += persian
    return out
