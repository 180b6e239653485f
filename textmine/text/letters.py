"""The characters that every module of this package speaks about, in one place."""

from __future__ import annotations

HALF_SPACE = "\u200c"
"""Zero width non-joiner: parts the halves of a Persian word without a space."""

ARABIC_LETTERS = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u0750-\u077f"
    "\u08a0-\u08c9\ufb50-\ufbb1\ufbd3-\ufc5d\ufc64-\ufcf1\ufcf5-\ufd3d\ufd50-\ufdfb\ufe80-\ufefc"
)
"""Body of a regular expression class: letters of Arabic script, presentation forms included."""

ARABIC_MARKS = (
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe7f"
)
"""Body of a regular expression class: short vowels and other marks that stand on a letter."""

KASHIDA = "\u0640"

LATIN_LETTERS = (
    "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\ufb00-\ufb06"
)
"""Body of a regular expression class: letters of Latin script with their accents and ligatures."""

DIGITS = "0-9\u0660-\u0669\u06f0-\u06f9"
"""Body of a regular expression class: Latin, Arabic-Indic and Persian digits."""

NON_JOINING = frozenset("اآأإٱدذرزژوؤةءۀ")
"""Letters that never join the next one: a half-space after them cannot be seen."""

BULLETS = "•●○▪▫■□◦◆◇◉◎◙◻◼❍❏❐❑❒❖⬧⬥⧫⋄∙·‣⁃►▶▸▷➔➢➣➤➨➪➲✓✔✗✘☐☑☒★✦✪✰✶✹☞"
"""Body of a regular expression class: signs that stand at the head of the items of a list."""

DIRECTION_MARKS = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
"""Body of a regular expression class: characters that only steer the bidirectional display."""
