"""Cuts a query into words, phrases, fields, operators and parentheses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

from textmine.search.query.faults import QueryError, Sentence, shortened, together
from textmine.search.query.fields import EXAMPLES, field_named, unknown_field
from textmine.search.words.variants import paired
from textmine.text.fold import fold_key
from textmine.text.letters import DIRECTION_MARKS, HALF_SPACE
from textmine.text.normalise import normalise

NEAR_WORDS = 10
"""Words that may stand between two that NEAR ties, when it names no number."""

MAX_DISTANCE = 100
"""The greatest distance: more words than most clauses have."""

MAX_STARS = 4
"""Asterisks in one word: each multiplies the work of finding it."""

QUOTES = {
    '"': '"“”„‟＂', "＂": '＂"', "“": '”"‟', "„": '”“"‟', "”": '”"', "‟": '”"', "«": "»", "‹": "›",
}  # fmt: skip
"""Opening marks of quotation, and what closes each."""

# Apostrophes too, and « » typed the wrong way round: they are quotation marks when they are a pair.
_PAIRED = {"'": "'’", "‘": "’'", "‚": "‘’'", "»": "«"}
_CLOSING = r"(?<=[^\s(|-])[{}](?!\w)"
_STARS = "*٭＊"
_TILDES = "~∼～˜"
_MINUSES = "-\u2212"
_COMMAS = ",،"
_WORD_ENDS = frozenset(' ()|»›"“”„‟＂«‹')
_OPERATORS: dict[str, Kind] = {"OR": "or", "|": "or", "AND": "and", "NOT": "not"}
# Words that join or part others in Persian; where there is nothing to join they are passed over.
_PERSIAN_OPERATORS: dict[str, Kind] = {"و": "and", "یا": "or", "منهای": "not"}
_PERSIAN_NEAR = "نزدیک"
_LONGEST_PART = 8  # letters; a longer word is none of these

Kind = Literal["text", "field", "list", "within", "or", "and", "not", "near", "(", ")"]


class Lexeme(NamedTuple):
    """A piece of a query; ``at`` is the number of its first character, from 1.

    ``text`` words, in quotes or not, with a * or without; ``field`` a field with its ``values``;
    ``list`` a field before the parenthesis in ``values``; ``within`` a phrase in quotes with a
    distance, whose words are ``values``; ``near`` the operator with its distance; and signs.
    ``soft`` operators are words of Persian, or commas.
    """

    kind: Kind
    at: int
    text: str = ""
    quoted: bool = False
    pattern: bool = False
    soft: bool = False
    distance: int = 0
    values: tuple[tuple[str, int], ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it is words that stand for all their forms, without quotes and asterisk."""
        return self.kind == "text" and not self.quoted and not self.pattern


def lexemes(query: str) -> list[Lexeme]:
    """The pieces of ``query``; plain words side by side are one of them.

    >>> [(lexeme.kind, lexeme.text) for lexeme in lexemes("می شود و شهر -city")]
    [('text', 'می شود'), ('and', 'و'), ('text', 'شهر'), ('not', ''), ('text', 'city')]
    """
    found = _Lexer(query).lexemes()
    settled = _settled(_compounds(found))
    if found and not settled:
        raise QueryError(
            Sentence(
                'The query has nothing but "%(word)s", which joins other words. To search for it, '
                "write it in quotes.",
                word=shortened(found[0].text),
            ),
            found[0].at,
        )
    return _runs(settled)


class _Lexer:
    """Reads a query from its beginning to its end."""

    def __init__(self, query: str) -> None:
        kept = [
            (" " if character.isspace() else character, number)
            for number, character in enumerate(query, 1)
            if not _is_unseen(query, number - 1)
        ]
        self.text = "".join(character for character, _ in kept)
        self.numbers = [number for _, number in kept] + [len(query) + 1]
        self.at = 0
        self.word_before = 0, 0  # from where to where in the text
        self.lists: list[bool] = []  # for each open parenthesis whether it is in a field's list
        closing = re.compile(_CLOSING.format("".join(_PAIRED.values())))
        self.last_closing = max((each.start() for each in closing.finditer(self.text)), default=-1)

    def lexemes(self) -> list[Lexeme]:
        found = []
        while self.at < len(self.text):
            lexeme = self._next()
            if lexeme is not None:
                found.append(lexeme)
        return found

    def _next(self) -> Lexeme | None:
        character, number = self.text[self.at], self.numbers[self.at]
        if character == "(":
            self.at += 1
            self.lists.append(self._in_list())
            return Lexeme("(", number)
        if character == ")":
            self.at += 1
            if self.lists:
                self.lists.pop()
            return Lexeme(")", number)
        if character == "|" or (character in _COMMAS and self._in_list()):
            while self._peek() == character:
                self.at += 1
            return Lexeme("or", number, character, soft=character != "|")
        content = self._quotation()
        if content is not None:
            return self._phrase(*content, number)
        if character in " »›":
            self.at += 1
            return None
        if character in _MINUSES and self._peek(1) not in " )":
            self.at += 1
            return Lexeme("not", number)
        return self._word(number)

    def _in_list(self) -> bool:
        return bool(self.lists) and self.lists[-1]

    def _peek(self, ahead: int = 0) -> str:
        """A character further on; a space behind the end."""
        return self.text[self.at + ahead : self.at + ahead + 1] or " "

    # -- phrases -------------------------------------------------------------------------------

    def _quotation(self) -> tuple[int, int] | None:
        """From where to where the content of a quotation goes that begins here, if one does."""
        opening, start = self._peek(), self.at + 1
        if opening in QUOTES:
            end = min(
                (place for mark in QUOTES[opening] if (place := self.text.find(mark, start)) >= 0),
                default=-1,
            )
            if end < 0:
                number = self.numbers[self.at]
                raise QueryError(
                    Sentence(
                        "The quotation mark at character %(at)s is not closed. Close it, or leave "
                        "it out.",
                        at=number,
                    ),
                    number,
                )
        elif opening in _PAIRED and self._peek(1) != " " and start < self.last_closing:
            closing = re.compile(_CLOSING.format(_PAIRED[opening])).search(self.text, start + 1)
            if closing is None:
                return None
            end = closing.start()
        else:
            return None
        self.at = end + 1
        return start, end

    def _phrase(self, start: int, end: int, number: int) -> Lexeme:
        distance = self._distance()
        if distance is not None:
            return self._within(start, end, number, distance)
        pattern = self._has_star(start, end)
        text = self.text[start:end]
        return Lexeme("text", number, _starred(text) if pattern else text, True, pattern)

    def _distance(self) -> int | None:
        """The number behind a ~ that follows a quotation; None when there is no ~."""
        found = re.compile(rf" ?([{_TILDES}]) ?(\d+)|([{_TILDES}])").match(self.text, self.at)
        if found is None:
            return None
        number = self.numbers[found.start(2) if found[2] else found.start(3)]
        self.at = found.end()
        return _checked_distance(found[2] or "", number, '"city council"~5')

    def _within(self, start: int, end: int, number: int, distance: int) -> Lexeme:
        words = [
            (match[0], match.start())
            for match in re.compile(r"\S+").finditer(self.text, start, end)
        ]
        words = [(word, at) for word, at in words if any(map(str.isalnum, word)) or "*" in word]
        items: list[Lexeme] = []
        for word, place in words:
            pattern = self._has_star(place, place + len(word))
            text = _starred(word) if pattern else word
            items.append(Lexeme("text", self.numbers[place], text, pattern=pattern))
        values = tuple((item.text, item.at) for item in _units(items))
        if len(values) < 2:
            raise QueryError(
                Sentence(
                    "The phrase at character %(at)s has ~ behind it and needs two words at least, "
                    'as in "city council"~5. Add a word, or leave the ~ out.',
                    at=number,
                ),
                number,
            )
        return Lexeme("within", number, distance=distance, values=values)

    # -- words ---------------------------------------------------------------------------------

    def _word(self, number: int) -> Lexeme:
        start = self.at
        in_list = self._in_list()
        while self.at < len(self.text) and self.text[self.at] not in _WORD_ENDS:
            if in_list and self.text[self.at] in _COMMAS:
                break
            self.at += 1
        word = self.text[start : self.at]
        operator = _operator(word, number, self.numbers[start + word.find("/") + 1])
        if operator is not None:
            return operator
        name, colon, value = word.partition(":")
        field = field_named(name) if colon else None
        if colon and not name:
            self._refuse_lone_colon(start, number)
        self.word_before = start, self.at
        if field is not None:
            self.at = start + len(name) + 1
            return self._field(field, name, number)
        if colon and value and fold_key(name).isalpha() and not value.startswith("//"):
            raise unknown_field(name, value, number)
        self._refuse_tilde(word, start)
        if not self._has_star(start, self.at):
            return Lexeme("text", number, word)
        return Lexeme("text", number, _starred(word), pattern=True)

    def _refuse_lone_colon(self, start: int, number: int) -> None:
        first, end = self.word_before
        field = field_named(self.text[first:end])
        if field is not None and self.text[end:start].isspace():
            raise QueryError(
                Sentence(
                    "The colon at character %(at)s has a space before it. Write the field, the "
                    "colon and the value in one piece, as in %(example)s.",
                    at=number,
                    example=EXAMPLES[field],
                ),
                number,
            )

    def _refuse_tilde(self, word: str, start: int) -> None:
        found = re.search(rf"(?<=\w)[{_TILDES}]\d*$", word)
        if found and "/" not in word:
            number = self.numbers[start + found.start()]
            raise QueryError(
                Sentence(
                    "The ~ at character %(at)s stands behind a single word. Write it behind words "
                    'in quotes that shall be near each other, as in "city council"~5.',
                    at=number,
                ),
                number,
            )

    def _has_star(self, start: int, end: int) -> bool:
        """Whether an asterisk is in a stretch; QueryError when it has too few letters beside it."""
        if not any(star in self.text[start:end] for star in _STARS):
            return False
        place = start
        found = False
        is_address = "//" in self.text[start:end] and " " not in self.text[start:end]
        while place < end:
            first = place
            while place < end and (is_address or _is_of_word(self.text[place])):
                place += 1
            if place == first:
                place += 1
                continue
            piece = _starred(self.text[first:place])
            stars = piece.count("*")
            if not stars:
                continue
            found = True
            star = next(at for at in range(first, place) if self.text[at] in _STARS)
            self._check_star(piece, stars, self.numbers[star])
        return found

    def _check_star(self, piece: str, stars: int, number: int) -> None:
        letters = sum(map(str.isalnum, piece))
        if not letters:
            raise QueryError(
                Sentence(
                    "The * at character %(at)s stands alone. It stands for letters of a word, as "
                    'in cultur*; for words between others write "city agreement"~3.',
                    at=number,
                ),
                number,
            )
        if letters < 2:
            raise QueryError(
                Sentence(
                    "The * at character %(at)s needs two letters beside it at least, as in ci*. "
                    "Add a letter.",
                    at=number,
                ),
                number,
            )
        if stars > MAX_STARS:
            raise QueryError(
                Sentence(
                    "The word with the * at character %(at)s has %(n)s asterisks; %(most)s are "
                    "possible. Take some away.",
                    at=number,
                    n=stars,
                    most=MAX_STARS,
                ),
                number,
            )

    # -- fields --------------------------------------------------------------------------------

    def _field(self, name: str, typed: str, number: int) -> Lexeme:
        if self._peek() == "(":
            parenthesis = self.numbers[self.at]
            self.at += 1
            self.lists.append(True)
            return Lexeme("list", number, name, values=(("(", parenthesis),))
        values = [self._value(name, typed, number)]
        while self._more_values():
            sign = self.numbers[self.at]
            self.at += 1
            if self._peek() in _WORD_ENDS | set(_COMMAS) and self._peek() not in QUOTES:
                raise QueryError(
                    Sentence(
                        "Behind the comma at character %(at)s a value is missing. Write values in "
                        "one piece, as in %(field)s:a,b, or in parentheses, as in %(field)s:(a, "
                        "b).",
                        at=sign,
                        field=name,
                    ),
                    sign,
                )
            values.append(self._value(name, typed, number))
        spaced = re.compile(r" +(?:\.\.|…)").match(self.text, self.at)
        if spaced:
            at = self.numbers[spaced.end() - 1]
            raise QueryError(
                Sentence(
                    "The range at character %(at)s has a space before it. Write it in one piece, "
                    "as in %(example)s.",
                    at=at,
                    example=EXAMPLES["year"],
                ),
                at,
            )
        return Lexeme("field", number, name, values=tuple(values))

    def _value(self, name: str, typed: str, number: int) -> tuple[str, int]:
        content = self._quotation()
        if content is None:
            start = self.at
            while self.at < len(self.text) and not self._ends_value():
                self.at += 1
            content = start, self.at
        start, end = content
        value = self.text[start:end].strip()
        if not value:
            raise QueryError(self._no_value(name, typed, number), number)
        if any(star in value for star in _STARS) and self._has_star(start, end):
            star = next(at for at in range(start, end) if self.text[at] in _STARS)
            raise star_in_field(name, self.numbers[star])
        return value, self.numbers[start]

    def _no_value(self, name: str, typed: str, number: int) -> Sentence:
        message = Sentence(
            "The field %(field)s at character %(at)s has no value.", field=name, at=number
        )
        following = re.compile(r" +([^\s()\"“”„«»|:]+)").match(self.text, self.at)
        if following and self.text[self.at - 1] == ":":
            whole = f"{typed}:{shortened(following[1])}"
            return together(message, Sentence("Write it without a space: %(whole)s.", whole=whole))
        behind = Sentence(
            "Write the value right behind the colon, as in %(example)s.", example=EXAMPLES[name]
        )
        return together(message, behind)

    def _ends_value(self) -> bool:
        return self.text[self.at] in _WORD_ENDS or self.text[self.at] in _COMMAS

    def _more_values(self) -> bool:
        """Whether a comma or a | goes on with the values of a field: code:cultural,economic."""
        sign, following = self._peek(), self._peek(1)
        if sign in _COMMAS:
            return True
        if sign != "|" or following in " ()|":
            return False
        # Behind | there may be a field of its own: code:cultural|language:fa
        word = re.compile(r"[^\s()|\"“”„«»]*").match(self.text, self.at + 1)
        return word is not None and ":" not in word[0]


def star_in_field(name: str, at: int) -> QueryError:
    """The error for an asterisk in the value of a field."""
    return QueryError(
        Sentence(
            "The * at character %(at)s has no meaning in the field %(field)s. Write the value in "
            "full, as in %(example)s.",
            at=at,
            field=name,
            example=EXAMPLES[name],
        ),
        at,
    )


def _operator(word: str, number: int, behind_slash: int) -> Lexeme | None:
    if word in _OPERATORS:
        return Lexeme(_OPERATORS[word], number, word)
    if word == "NEAR":
        return Lexeme("near", number, word, distance=NEAR_WORDS)
    head, slash, distance = word.partition("/")
    if slash and (head.upper() == "NEAR" or fold_key(head) == _PERSIAN_NEAR):
        if not distance.isdecimal() and head != "NEAR":
            return None
        place = behind_slash if distance else number
        checked = _checked_distance(distance, place, "city NEAR/5 council")
        return Lexeme("near", number, word, distance=checked)
    if len(word) <= max(map(len, _PERSIAN_OPERATORS)):
        folded = fold_key(word)
        if folded in _PERSIAN_OPERATORS:
            return Lexeme(_PERSIAN_OPERATORS[folded], number, word, soft=True)
    return None


def _checked_distance(digits: str, number: int, example: str) -> int:
    if not digits.isdecimal():
        raise QueryError(
            Sentence(
                "At character %(at)s a number of words is missing. Write it as in %(example)s.",
                at=number,
                example=example,
            ),
            number,
        )
    distance = int(digits[:9])
    if len(digits) > 9 or not 1 <= distance <= MAX_DISTANCE:
        raise QueryError(
            Sentence(
                "The distance at character %(at)s is not between 1 and %(most)s words. Write it "
                "as in %(example)s.",
                at=number,
                most=MAX_DISTANCE,
                example=example,
            ),
            number,
        )
    return distance


_STEERING = re.compile(f"[{DIRECTION_MARKS}\ufeff]")


def _is_unseen(query: str, place: int) -> bool:
    """Whether a character carries nothing: halves of pairs, controls, steering marks beside signs.

    A right-to-left mark between two letters may stand for a half-space, so it stays.
    """
    character = query[place]
    if _STEERING.match(character):
        around = query[max(place - 1, 0) : place], query[place + 1 : place + 2]
        return not all(neighbour.isalpha() for neighbour in around)
    return unicodedata.category(character) in {"Cs", "Cc"} and not character.isspace()


def _is_of_word(character: str) -> bool:
    """Whether a character is part of the word that an asterisk beside it completes."""
    if character.isalnum() or character in _STARS or character in "'’_":
        return True
    return character == HALF_SPACE or unicodedata.category(character)[0] in "MC"


def _starred(text: str) -> str:
    """``text`` with one plain asterisk for each row of asterisks."""
    return re.sub(f"[{_STARS}]+", "*", text)


# -- from single words to runs of words ----------------------------------------------------------


def _compounds(found: list[Lexeme]) -> list[Lexeme]:
    """گفت و گو is one word with half-spaces, not two words that both must occur."""
    made: list[Lexeme] = []
    for lexeme in found:
        if (
            lexeme.is_plain
            and len(made) > 1
            and (made[-1].kind, made[-1].soft) == ("and", True)
            and made[-2].is_plain
            and _is_one_word(made[-2].text, lexeme.text)
        ):
            first, joint = made[-2], made[-1].text
            made[-2:] = [first._replace(text=HALF_SPACE.join((first.text, joint, lexeme.text)))]
        else:
            made.append(lexeme)
    return made


def _is_one_word(first: str, second: str) -> bool:
    return paired(fold_key(first[:_LONGEST_PART]), fold_key(second[: 4 * _LONGEST_PART]))


_NO_OPERAND = frozenset((")", "and", "or", "near"))  # what follows an operator that lacks one
_NO_OPERAND_BEFORE = frozenset(("(", "list", "and", "or", "not", "near"))


def _settled(found: list[Lexeme]) -> list[Lexeme]:
    """Without the soft operators that have nothing to join: «حقوق و» asks for حقوق.

    Of several side by side one stays, and یا stays before و: «و یا» is or.
    """
    backwards: list[Lexeme] = []
    for lexeme in reversed(found):
        following = backwards[-1].kind if backwards else ")"
        if not lexeme.soft or following not in _NO_OPERAND:
            backwards.append(lexeme)
        elif lexeme.kind == "or" and following == "and" and backwards[-1].soft:
            backwards[-1] = lexeme
    settled: list[Lexeme] = []
    for lexeme in reversed(backwards):
        before = settled[-1].kind if settled else "("
        if not (lexeme.soft and lexeme.kind != "not" and before in _NO_OPERAND_BEFORE):
            settled.append(lexeme)
    return settled


def _runs(found: Sequence[Lexeme]) -> list[Lexeme]:
    """Plain words side by side become one run, so that "می شود" is read as the word it is.

    The minus and NEAR take the word beside them out of the run.
    """
    merged: list[Lexeme] = []
    at = 0
    while at < len(found):
        end = at
        while end < len(found) and found[end].is_plain:
            end += 1
        if end == at:
            merged.append(found[at])
            at += 1
            continue
        run = list(found[at:end])
        before = found[at - 1].kind if at else ""
        after = found[end].kind if end < len(found) else ""
        if len(run) > 1 and (before in {"near", "not"} or after == "near"):
            units = _units(run)
            first = units[:1] if before in {"near", "not"} else []
            last = units[-1:] if after == "near" and len(units) > len(first) else []
            middle = units[len(first) : len(units) - len(last)]
            merged += [*first, *_one(middle), *last]
        else:
            merged += _one(run)
        at = end
    return merged


def _one(run: Sequence[Lexeme]) -> list[Lexeme]:
    """Plain words as one run."""
    if not run:
        return []
    return [run[0]._replace(text=" ".join(lexeme.text for lexeme in run))]


def _units(run: Sequence[Lexeme]) -> list[Lexeme]:
    """Plain words and patterns, those joined that are one word with half-spaces (می شود)."""
    text = " ".join(lexeme.text for lexeme in run)
    gaps: set[int] = set()
    for start, end in _pieces(text):
        gaps.update(place for place in range(start, end) if text[place] == " ")
    units: list[list[Lexeme]] = []
    place = 0
    for lexeme in run:
        joined = place - 1 in gaps and lexeme.is_plain and units[-1][-1].is_plain
        if joined:
            units[-1].append(lexeme)
        else:
            units.append([lexeme])
        place += len(lexeme.text) + 1
    found: list[Lexeme] = []
    for unit in units:
        (whole,) = _one(unit)
        # What is one word only beside others would be read otherwise by itself.
        found += [whole] if len(unit) == 1 or len(_pieces(whole.text)) == 1 else unit
    return found


def _pieces(text: str) -> list[tuple[int, int]]:
    """From where to where each word of a text goes once it is normalised."""
    view = normalise(text)
    if not view.in_order:
        return []
    return [view.original(*match.span()) for match in re.finditer(r"\S+", view.text)]
