"""English words under their lemma in American spelling: held as hold, organised as organize.

Lemmas come from the table of word forms that lemminflect ships. It is read as a file: importing
the package would load spaCy. A word that the table does not have loses its plural ending only.
"""

from __future__ import annotations

import gzip
import re
from bisect import bisect_left
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_POSSESSIVE = re.compile("(?<=.)'s?$")
_ROUNDS = 3  # buildings, building, build

# Forms whose lemma the table leaves open, in the sense that agreements use.
_LEMMAS = {
    "found": "find", "left": "leave", "bound": "bind", "saw": "see", "fell": "fall", "felt": "feel",
    "rose": "rise", "bore": "bear", "thought": "think", "spoke": "speak", "broke": "break",
    "broken": "break", "drove": "drive", "driven": "drive", "drawn": "draw", "given": "give",
    "known": "know", "done": "do", "bent": "bend", "frozen": "freeze", "forbidden": "forbid",
    "mistaken": "mistake", "leaves": "leave", "lives": "life", "bases": "basis", "does": "do",
    "analyses": "analysis", "crises": "crisis", "axes": "axis", "dies": "die", "woven": "weave",
    "indexes": "index", "mous": "mou", "ngos": "ngo", "founding": "founded", "founds": "founded",
    "better": "good", "best": "good", "worse": "bad", "worst": "bad", "further": "far",
    "farther": "far", "furthest": "far", "farthest": "far",
}  # fmt: skip
# Not their lemma's: it means something else (goods, arms, customs), or the word is a particle.
_WHOLE_TEXT = """
    as us according including regarding concerning considering during pending outstanding
    notwithstanding being evening wedding hundred thing king ring spring string wing ceiling united
    less least more most later latter tired would could
    should might can may must means news goods customs arms proceeds proceedings premises besides
    sometimes species series corps clothes odds lens glasses founded born data media opera thermos
    physics always lower
"""
_WHOLE = frozenset(_WHOLE_TEXT.split())
# One word in two spellings, British first.
_BRITISH_TEXT = """
    centre center  theatre theater  fibre fiber  calibre caliber  lustre luster  meagre meager
    sombre somber  spectre specter  sabre saber  sceptre scepter  manoeuvre maneuver
    programme program  annexe annex  grey gray  plough plow  sceptic skeptic  sceptical skeptical
    scepticism skepticism  aluminium aluminum  mould mold  artefact artifact  ageing aging
    sulphur sulfur  towards toward  afterwards afterward  whilst while  amongst among
    defence defense  licence license  offence offense  pretence pretense  practise practice
    traveller traveler  counsellor counselor  councillor councilor  modeller modeler
    fulfil fulfill  fulfilment fulfillment  enrol enroll  enrolment enrollment  instal install
    instalment installment  skilful skillful  wilful willful  distil distill  instil instill
    marvellous marvelous  jewellery jewelry  woollen woolen
    encyclopaedia encyclopedia  archaeology archeology  archaeological archeological
    archaeologist archeologist  paediatric pediatric  orthopaedic orthopedic  cosy cozy
    aeroplane airplane  yoghurt yogurt  tyre tire  sizeable sizable  moustache mustache
    acknowledgement acknowledgment  judgement judgment  abridgement abridgment  connexion connection
    catalogue catalog  dialogue dialog  analogue analog  advisor adviser
"""
_BRITISH = _BRITISH_TEXT.split()
_AMERICAN = dict(zip(_BRITISH[::2], _BRITISH[1::2], strict=True))
# Behind these letters our is or, in every word of their family: harbours, neighbourhood.
_OUR = re.compile(
    "(?:(?<=^col)|(?<=^tricol)|(?<=discol)|(?<=lab)|(?<=fav)|(?<=hon)|(?<=^hum)|(?<=^rum)|(?<=vap)"
    "|(?<=sav)|(?<=arm)|(?<=rig)|(?<=vig)|(?<=tum)|(?<=val)|(?<=odo)|(?<=harb)|(?<=parl)|(?<=clam)"
    "|(?<=neighb)|(?<=behavi)|(?<=endeav)|(?<=splend)|(?<=cand)|(?<=ferv))our"
)
_METRE = re.compile("(?<=met|lit)re$")  # kilometre, millilitre
_ISE = re.compile("(?<=[iy])s(?=e$|er$|able$|ation$|ational$)")
# Their other spelling with z is another word, or archaic.
_ALWAYS_S_TEXT = """
    apprise comprise compromise enterprise excise exercise expertise improvisation improvisational
    merchandise merchandiser prise promise supervise surprise
"""
_ALWAYS_S = frozenset(_ALWAYS_S_TEXT.split())


def lemma(word: str) -> str:
    """The class of an English word in folded letters: its lemma in American spelling.

    Raises ``ModuleNotFoundError`` when the table of lemminflect cannot be found.

    >>> [lemma(word) for word in ("undertook", "party's", "organisations", "exercised", "held")]
    ['undertake', 'party', 'organization', 'exercise', 'hold']
    """
    if not _WORD.fullmatch(word):
        return word
    word = _POSSESSIVE.sub("", word)
    for _ in range(_ROUNDS):
        shorter = _shorter(word)
        if shorter == word:
            break
        word = shorter
    return _american(word)


def is_word(word: str) -> bool:
    """Whether the table has the word, in small letters.

    >>> is_word("power"), is_word("covid")
    (True, False)
    """
    return bool(_readings(word))


def _shorter(word: str) -> str:
    """The form that ``word`` is an inflection of, itself when it is none."""
    if word in _LEMMAS:
        return _LEMMAS[word]
    if word in _WHOLE:
        return word
    readings = _readings(word)
    if not readings:
        return word if word in _readings(word.capitalize()) else _singular(word)
    bases = [base for base in readings if base != word and "-" not in base]
    regular = [base for base in bases if _inflects(base, word)]
    # A noun or adjective in ing or ed goes with its verb; other words that are lemmas stay.
    inflected = word.endswith(("ing", "ed", "s")) and not word.endswith("eed")
    if regular and (inflected or word not in readings):
        return regular[0]
    return bases[0] if bases and word not in readings else word


def _inflects(base: str, word: str) -> bool:
    """Whether ``word`` is ``base`` with an ending, spelt by the rules."""
    if word.endswith("s"):
        plural = base[:-1] + "ies" if base.endswith("y") else base + "es"
        return word in (base + "s", plural)
    stems: tuple[str, ...] = (base, base.removesuffix("e"), base + base[-1])
    if base.endswith("y"):
        stems += (base[:-1] + "i",)
    if base.endswith("ie"):
        stems += (base[:-2] + "y",)
    return any(
        word == stem + ending for stem in stems for ending in ("ing", "ed", "er", "est", "d")
    )


def _singular(word: str) -> str:
    """A word that the table does not have without the ending of the plural."""
    if len(word) <= 3 or word.endswith(("ss", "us", "is", "as", "os")):
        return word
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word.removesuffix("s")


def _american(word: str) -> str:
    if word in _AMERICAN:
        return _AMERICAN[word]
    if "our" in word:
        word = _OUR.sub("or", word)
    if word.endswith("re"):
        return _METRE.sub("er", word)
    if word.endswith("dgement"):
        return word.removesuffix("ement") + "ment"
    if _ISE.search(word) and word not in _ALWAYS_S:
        other = _ISE.sub("z", word)
        if word.endswith(("isation", "isational")) or _readings(other):
            return other
    return word


def _readings(word: str) -> tuple[str, ...]:
    """What the table has for ``word``: the lemmas of its readings, nouns before verbs."""
    table = _table()
    start = word + ","
    found: dict[str, str] = {}
    for at in range(bisect_left(table, start), len(table)):
        if not table[at].startswith(start):
            break
        _, kind, lemmas = table[at].split(",")
        found[kind] = lemmas
    kinds = ("noun", "verb", "aux", "adj", "adv")
    return tuple(base for kind in kinds if kind in found for base in found[kind].split("/"))


@cache
def _table() -> list[str]:
    """Lines "form,kind,lemmas" in order, 80,000 of them."""
    spec = find_spec("lemminflect")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("English words are not searched without lemminflect. Install it.")
    file = Path(spec.origin).parent / "resources" / "lemma_lu.csv.gz"
    return sorted(gzip.decompress(file.read_bytes()).decode("utf-8").splitlines())
