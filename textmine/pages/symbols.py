"""What the glyphs of symbol fonts show, by the published encodings of those fonts.

Word writes bullets and signs with fonts whose characters are pictures, and stores them as private
codes (U+F000 and up) or plain bytes; TeX numbers its mathematics in its own way, and many files do
not say what the numbers mean. :func:`symbol` looks the glyph up by the name of its font. Of fonts
that no table holds, :func:`name_bullets` names what stands where a bullet stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING
from unicodedata import category

from textmine.pages.glyphs import UNKNOWN, Glyph

if TYPE_CHECKING:
    from textmine.pages.votes import Reading

BULLET = "•"
Table = dict[int, str]

# ``_`` in a row stands for a number that the font leaves empty or that nobody writes.


def _row(first: int, signs: str) -> Table:
    return {first + at: sign for at, sign in enumerate(signs) if sign != "_"}


def _rows(*rows: tuple[int, str]) -> Table:
    return dict(chain.from_iterable(_row(*row).items() for row in rows))


# Adobe's private characters: pieces of large brackets and old forms of signs.
_ADOBE = _rows((0xF6D9, "©®™"), (0xF8E6, "⏐⎯®©™⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪⎮⎞⎟⎠⎤⎥⎦⎫⎬⎭"))

_SYMBOL = _rows(
    (0x21, "!∀#∃%&∋()∗+,−./0123456789:;<=>?"),
    (0x40, "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥"),
    (0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"),
    (0xA0, "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵"),
    (0xC0, "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"),
    (0xE0, "◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪_〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"),
) | {0x5F: "_"}
# Where Unicode has several signs of one look, the one that other programs write.
_WINGDINGS = _rows(
    (0x22, "✂✁"),
    (0x28, "☎✆✉"),
    (0x36, "⌛"),
    (0x3E, "✇✍_✌"),
    (0x45, "☜☞☝☟_☺_☹"),
    (0x4F, "⚐_✈☼_❄_✞_✠✡☪☯_☸♈♉♊♋♌♍♎♏♐♑♒♓"),
    (0x6C, "●❍■□❐❑❒⬧⧫◆❖⬥⌧_⌘"),
    (0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    (0x9E, "·•▪○○○◉◎○▪◻_✦★✶✴✹✵"),
    (0xB5, "✪✰"),
    (0xD5, "⌫⌦_➢___➲"),
    (0xDF, "←→↑↓↖↗↙↘←➔↑↓↖↗↙↘⇦⇨⇧⇩⬄⇳"),
    (0xFB, "✗✓☒☑"),
)
_WINGDINGS_2 = _rows((0x4F, "✗✓☒☑☒☒"), (0x95, "•••●●"), (0xA2, "■□"))
_WINGDINGS_3 = _rows((0x21, "←→↑↓↖↗↙↘"), (0x70, "▲▼△▽◀▶◁▷◣◢◤◥◂▸▴"))
_WEBDINGS = _rows((0x33, "◀▶▲▼"), (0x61, "✔"), (0x63, "□"), (0x67, "■"), (0x6E, "●"), (0x72, "✖"))
# LibreOffice draws Wingdings and Symbol with this one and keeps their numbers: those that mean a
# bullet in one of the two and next to nothing in the other.
_OPEN_SYMBOL = {0xB7: "•"} | {
    code: _WINGDINGS[code] for code in (0x76, 0xA7, 0xA8, 0xD8, 0xFB, 0xFC, 0xFD, 0xFE)
}
_DINGBATS = {
    **{code: chr(0x2701 - 0x21 + code) for code in range(0x21, 0x7F)},
    **{code: chr(0x2761 - 0xA1 + code) for code in range(0xA1, 0xFF) if code != 0xF0},
    **_rows((0x25, "☎"), (0x2A, "☛☞"), (0x48, "★"), (0x6C, "●"), (0x6E, "■"), (0x73, "▲▼◆")),
    **_rows((0x77, "◗"), (0xA8, "♣♦♥♠①②③④⑤⑥⑦⑧⑨⑩"), (0xD5, "→↔↕")),
}

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL = _CAPITALS.lower()
_GREEK = "ΓΔΘΛΞΠΣΥΦΨΩ"
_TEX_TEXT = {
    **_rows((0, _GREEK), (0x10, "ıȷ`´ˇ˘¯˚¸ßæœøÆŒØ"), (0x21, "!”#$%&’()*+,-./0123456789:;¡=¿?")),
    **_rows((0x40, f"@{_CAPITALS}[“]ˆ˙‘{_SMALL}–—˝˜¨")),
    **dict(enumerate(("ff", "fi", "fl", "ffi", "ffl"), start=11)),
}
_TEX_ITALIC = _rows(
    (0, f"{_GREEK}αβγδϵζηθικλμνξπρστυϕχψωεϑϖϱςφ↼↽⇀⇁__▹◃0123456789.,</>⋆∂{_CAPITALS}♭♮♯⌣⌢ℓ{_SMALL}"),
    (0x7B, "ıȷ℘"),
)
_TEX_SIGNS = _rows(
    (0x00, "−·×∗÷⋄±∓⊕⊖⊗⊘⊙◯◦•≍≡⊆⊇≤≥≼≽∼≈⊂⊃≪≫≺≻←→↑↓↔↗↘≃⇐⇒⇑⇓⇔↖↙∝′∞∈∋△▽\u0338_∀∃¬∅ℜℑ⊤⊥"),
    (0x40, f"ℵ{_CAPITALS}∪∩⊎∧∨⊢⊣⌊⌋⌈⌉{{}}⟨⟩|∥↕⇕\\≀√∐∇∫⊔⊓⊑⊒§†‡¶♣♢♡♠"),
)
_TEX_LARGE = _rows(
    (0x00, "()[]⌊⌋⌈⌉{}⟨⟩|∥/\\()()[]⌊⌋⌈⌉{}⟨⟩/\\()[]⌊⌋⌈⌉{}⟨⟩/\\/\\⎛⎞⎡⎤⎣⎦⎢⎥⎧⎫⎩⎭⎨⎬⎪⏐"),
    (0x40, "⎝⎠⎜⎟⟨⟩⊔⊔∮∮⊙⊙⊕⊕⊗⊗∑∏∫⋃⋂⨄⋀⋁∑∏∫⋃⋂⨄⋀⋁∐∐______[]⌊⌋⌈⌉{}√√√√√"),
)
_AMS_A = _rows(
    (0x03, "□■"), (0x0A, "⇌"), (0x26, "≳"), (0x2E, "≲"), (0x36, "⩽"), (0x3E, "⩾"), (0x46, "★")
)
_AMS_B = _rows((0x3F, "∅"), (0x41, _CAPITALS), (0x7D, "ℏℏ"))
# What all encodings of TeX's Latin fonts have in common.
_TEX_COMMON = _rows(
    (0x21, "!_#$%&_()*+,-./0123456789:;_="), (0x3F, f"?@{_CAPITALS}[_]"), (0x61, _SMALL)
)

# Ligatures that Linux Libertine, common beside Persian in TeX, keeps among the private characters.
_LIBERTINE = {"\ue039": "ft", "\ue03b": "ch", "\ue03c": "tt", "\ue049": "Th"}

# Fonts whose glyphs are all signs, so that no Latin letter in them can be one.
_PICTURES = (
    (r"(?:standard)?symbol(?:s?|mt|ps|psmt|neu|tiger|std|sl|sps|slps)", _SYMBOL),
    (r"opensymbol|starsymbol", _OPEN_SYMBOL),
    (r"wingdings2", _WINGDINGS_2),
    (r"wingdings3", _WINGDINGS_3),
    (r"wingdings", _WINGDINGS),
    (r"webdings", _WEBDINGS),
    (r"advmathsymb", {0xBC: "=", 0xDE: ")", 0xF0: "(", 0xFE: "+"}),
    (r"(?:itc)?zapfdingbats(?:itc)?|dingbats|d050000l|monotypesorts", _DINGBATS),
)
_TEX = (
    (r"cm(?:r|b|bx|sl|bxsl|ti|bxti|ss|ssi|ssbx|u|dunh|fib)\d+", _TEX_TEXT),
    (r"cm(?:mi|mib)\d+|lmmathitalic\d+", _TEX_ITALIC),
    (r"cm(?:sy|bsy)\d+|lmmathsymbols\d+", _TEX_SIGNS),
    (r"cmex\d+|lmmathextension\d+", _TEX_LARGE),
    (r"msam\d+", _AMS_A),
    (r"msbm\d+", _AMS_B),
    (r"lm(?:roman|sans)\w*?\d+|sf(?:rm|ti|bx|sl|ss|bi|xc|cc)\d{4}", _TEX_COMMON),
)
_STYLE = re.compile(r"(?:regular|normal|roman|bold|italic|oblique|medium)+$")
# A text that already is one of these was said by the file, whatever byte it looks like.
_SAME_LOOK = {"\u00b5": "μ", "\u2126": "Ω", "\u2206": "Δ"}


@lru_cache(maxsize=1024)
def _family(font_name: str) -> tuple[Table, bool] | None:
    """The table of a font, and whether all its glyphs are pictures."""
    name = re.sub(r"^[A-Z]{6}\+", "", font_name)
    name = re.sub(r"[^a-z0-9]", "", name.lower())
    for plain in (name, _STYLE.sub("", name)):
        for families, pictures in ((_PICTURES, True), (_TEX, False)):
            for pattern, table in families:
                if re.fullmatch(pattern, plain):
                    return table, pictures
    return None


def symbol(font_name: str, code: int, text: str) -> str:
    """What a glyph of the font ``font_name`` shows; ``text`` where nothing better is known.

    ``text`` is what the file says that the glyph means, empty where it does not say. ``code`` is
    the number of the glyph in the font's own encoding, -1 where it is not known; it counts only
    where there is no text. A text of one private character or of one plain byte counts as such a
    number in the fonts that hold pictures alone.

    >>> symbol("ABCDEE+Wingdings-Regular", -1, "\\uf076"), symbol("SymbolMT", -1, "\\uf0b7")
    ('❖', '•')
    >>> symbol("CMSY10", 0, ""), symbol("CMSY10", 0, "x"), symbol("Arial", -1, "\\uf0b7")
    ('−', 'x', '\\uf0b7')
    """
    if len(text) > 1:
        return text
    family = _family(font_name)
    if "LinLibertine" in font_name and text in _LIBERTINE:
        return _LIBERTINE[text]
    if family is None:
        return _ADOBE.get(ord(text), text) if text else ""
    table, pictures = family
    if not text:
        return table.get(code) or ("" if pictures else table.get(_moved(code), ""))
    if not pictures or text in table.values() or _SAME_LOOK.get(text) in table.values():
        return _ADOBE.get(ord(text), text)
    byte = _byte(text)
    return table.get(byte) or _ADOBE.get(ord(text), text)


def _moved(code: int) -> int:
    """Where old TeX fonts had a glyph before dvips moved it out of the control characters."""
    if 161 <= code <= 170:
        return code - 161
    return code - 163 if 173 <= code <= 195 else 127 if code == 196 else -1


def _byte(text: str) -> int:
    """The byte that a private character or one of the Windows alphabet stands for, or -1."""
    if "\uf000" <= text <= "\uf0ff":
        return ord(text) & 0xFF
    if text.isspace() or text in "•–—‘’“”…":
        return -1
    try:
        return text.encode("cp1252")[0]
    except UnicodeEncodeError:
        return -1


def name_bullets(readings: Sequence[Reading]) -> None:
    """Name the bullets of fonts that no table holds, in place.

    A glyph without a meaning is a bullet where it begins a row and a gap follows, if its font
    draws hardly any letters or other such glyphs elsewhere. Each is counted in the reading's
    ``repairs`` as ``bullets_named``.
    """
    drawn: Counter[int] = Counter()
    heads: list[tuple[Reading, Glyph]] = []
    standing: Counter[int] = Counter()
    for reading in readings:
        ink = [glyph for glyph in reading.line if glyph.kind not in "SZ"]
        for glyph in ink:
            drawn[glyph.font] += glyph.kind in "RLN" or _nameless(glyph)
        first = next((at for at, glyph in enumerate(reading.line) if glyph.kind not in "SZ"), -1)
        if len(ink) < 2 or reading.line[first + 1].kind != "S" or not _nameless(ink[0]):
            continue
        heads.append((reading, ink[0]))
        standing[ink[0].font] += 1
    for reading, glyph in heads:
        private = glyph.text != UNKNOWN
        if standing[glyph.font] >= max(1 if private else 2, 0.8 * drawn[glyph.font]):
            glyph.text, glyph.kind, glyph.mapped = BULLET, "O", True
            reading.repairs["bullets_named"] += 1


def _nameless(glyph: Glyph) -> bool:
    if glyph.mapped or glyph.code < 0 or len(glyph.text) != 1:
        return False
    return glyph.text == UNKNOWN or category(glyph.text) == "Co"
