"""Codebooks: reading them from YAML and saying everything that is wrong with one at once.

A codebook file looks like this (``rules``, ``core``, ``include``, ``exclude``, ``parent`` and
``not_in`` may be left out; a definition may also be one text in one language)::

    id: agreement-themes
    version: 3
    rules:
      - The topic of a course is not coded, only that it is a course.
    codes:
      - id: religious
        name: {en: Religious, fa: دینی}
        definition: {en: Religion and faith., fa: دین و ایمان.}
        keywords:
          en: [religion, faith, Islamic]
          fa: [دین, دینی, اسلامی]
        not_in:
          en: [Islamic Republic]
          fa: [جمهوری اسلامی]

A keyword stands for its inflected forms; ``*`` at its end stands for any ending
(``democra*``). ``not_in`` lists phrases in which a keyword of the code says nothing of its
subject. Write keywords of several words with spaces: ``حمل و نقل`` also finds ``حمل‌ونقل``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import yaml

from textmine import resources
from textmine.declared import STRING, Fields, Reader, composed, kind, shown, text_of
from textmine.errors import CodebookError
from textmine.records import Code, Codebook
from textmine.text.language import language_of

LANGUAGES = ("en", "fa")

_EXAMPLE = "non-interference"

_CODEBOOK_KEYS = ("id", "version", "unit", "multi_label", "rules", "codes")
_CODE_KEYS = (
    "id",
    "name",
    "core",
    "definition",
    "include",
    "exclude",
    "keywords",
    "not_in",
    "parent",
)
# What textmine does in any case: the file may say so, and may not say otherwise.
_FIXED = {"unit": "clause", "multi_label": "true"}

_PERSIAN = re.compile("[\u0600-\u06ff]")
_LATIN = re.compile("[A-Za-z]")


def load(path: Path) -> Codebook:
    """The codebook of the YAML file ``path``.

    Raises CodebookError with every fault that the file has, each with its line.

    >>> load(resources.shipped("codebooks") / "agreement_themes.yaml").id
    'agreement-themes'
    """
    source = text_of(path, "The codebook", CodebookError)
    return parse(source, str(path))


def shipped(name: str = "agreement_themes") -> Codebook:
    """A codebook that textmine carries.

    >>> len(shipped().codes)
    12
    """
    folder = resources.shipped("codebooks")
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
        raise CodebookError(f'textmine ships no codebook "{name}". It ships: {known}.')
    return load(path)


def parse(source: str, name: str = "codebook") -> Codebook:
    """The codebook written in ``source``; ``name`` is how messages call it.

    >>> parse("id: A b\\nversion: 1\\ncodes: []")
    Traceback (most recent call last):
        ...
    textmine.errors.CodebookError: codebook has 2 faults:
      line 1: The codebook: the id is "A b"; write small Latin letters and digits in words joined
        by hyphens, such as non-interference.
      line 3: The list "codes" is empty; a codebook needs at least one code.
    """
    root = composed(source, name, "a codebook", CodebookError)
    if root is None:
        raise CodebookError(f'{name} is empty. A codebook needs "id", "version" and "codes".')
    reader = _Reader()
    found = reader.codebook(root)
    reader.refuse(name, CodebookError)
    book_id, version, codes, rules = found
    return Codebook(book_id, version, codes, digest(book_id, version, codes, rules), rules)


def digest(book_id: str, version: int, codes: tuple[Code, ...], rules: tuple[str, ...] = ()) -> str:
    """SHA-256 (hexadecimal) of what a codebook says, whatever the layout of its file.

    >>> digest("a", 1, ()) == digest("a", 2, ())
    False
    """
    content = {
        "id": book_id,
        "version": version,
        "rules": rules,
        "codes": [asdict(code) for code in codes],
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def definitions(codebook: Codebook) -> dict[str, list[str]]:
    """What each code means, in the codebook's order, by language.

    Where the codebook defines a code in the other language alone, its keywords speak for it.
    """
    return {
        language: [
            f"{code.name.get(language, code.id)}. "
            + (code.definition.get(language) or "; ".join(code.keywords.get(language, ())[:12]))
            for code in codebook.codes
        ]
        for language in LANGUAGES
    }


def warnings(codebook: Codebook) -> tuple[str, ...]:
    """What a coder should look at, although the codebook can be used as it is.

    >>> warnings(shipped())
    ()
    """
    return tuple(_warnings(codebook))


def _warnings(codebook: Codebook) -> Iterator[str]:
    owners: dict[tuple[str, str], list[str]] = {}
    for code in codebook.codes:
        for language in LANGUAGES:
            words = code.keywords.get(language, ())
            if not words:
                yield (
                    f'Code "{code.id}" has no keywords in "{language}": '
                    "the dictionary will never apply it there."
                )
            for word in words:
                other = _LATIN if language == "fa" else _PERSIAN
                if other.search(word):
                    yield (
                        f'Code "{code.id}": keyword "{word}" under "{language}" '
                        "holds letters of another script. Was it meant for the other language?"
                    )
                owners.setdefault((language, word.casefold()), []).append(code.id)
    for (language, word), codes in owners.items():
        distinct = list(dict.fromkeys(codes))
        if len(distinct) > 1:
            listed = " and ".join(f'"{code}"' for code in distinct)
            yield (
                f'Keyword "{word}" ({language}) stands under {listed}: '
                "each of its occurrences counts for all of them."
            )
        if len(distinct) < len(codes):
            yield f'Keyword "{word}" ({language}) stands twice under one code: drop one.'


class _Reader(Reader):
    """Reads the nodes of a codebook."""

    def codebook(self, root: yaml.Node) -> tuple[str, int, tuple[Code, ...], tuple[str, ...]]:
        fields = self.fields(root, "The codebook", _CODEBOOK_KEYS)
        for key, value in _FIXED.items():
            if key in fields:
                node = fields[key][1]
                if not isinstance(node, yaml.ScalarNode) or node.value.lower() != value:
                    self.fault(node, f'"{key}" can only be {value}; write that or drop the line.')
        book_id = self.identifier(fields, root, "The codebook", _EXAMPLE)
        version = self.version(fields, root)
        codes = self.codes(fields, root)
        return book_id, version, codes, self.rules(fields)

    def rules(self, fields: Fields) -> tuple[str, ...]:
        if "rules" not in fields:
            return ()
        node = fields["rules"][1]
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f'"rules" is {kind(node)}; write a list, each rule after a hyphen.')
            return ()
        found = []
        for item in node.value:
            if item.tag != STRING or not item.value.strip():
                self.fault(item, f"A rule is {shown(item)}; write a sentence.")
                continue
            found.append(" ".join(item.value.split()))
        return tuple(found)

    def version(self, fields: Fields, root: yaml.Node) -> int:
        if "version" not in fields:
            self.fault(root, 'The codebook has no "version"; write a whole number such as 1.')
            return 0
        node = fields["version"][1]
        if node.tag != "tag:yaml.org,2002:int" or not re.fullmatch("[1-9][0-9]*", node.value):
            self.fault(
                node, f"The version is {shown(node)}; write a whole number from 1, without quotes."
            )
            return 0
        return int(node.value)

    def codes(self, fields: Fields, root: yaml.Node) -> tuple[Code, ...]:
        if "codes" not in fields:
            self.fault(root, 'The codebook has no "codes"; list at least one code.')
            return ()
        node = fields["codes"][1]
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f'"codes" is {kind(node)}; write a list, each code after a hyphen.')
            return ()
        if not node.value:
            self.fault(node, 'The list "codes" is empty; a codebook needs at least one code.')
        codes = []
        lines: dict[str, int] = {}
        parents: dict[str, tuple[str, yaml.Node]] = {}
        for number, item in enumerate(node.value, start=1):
            code, parent = self.code(item, number)
            codes.append(code)
            line = item.start_mark.line + 1
            if code.id and code.id in lines:
                self.fault(
                    item,
                    f'Code "{code.id}" stands already at line {lines[code.id]}; '
                    "ids must differ: rename or drop one.",
                )
            elif code.id:
                lines[code.id] = line
            if code.parent is not None and parent is not None:
                parents.setdefault(code.id or f"number {number}", (code.parent, parent))
        self.check_parents(parents, lines)
        return tuple(codes)

    def check_parents(
        self, parents: Mapping[str, tuple[str, yaml.Node]], lines: Mapping[str, int]
    ) -> None:
        for code, (parent, node) in parents.items():
            if parent not in lines:
                self.fault(
                    node,
                    f'Code "{code}" has the parent "{parent}", which is no code here; '
                    "correct the id or drop the line.",
                )
                continue
            path = [code]
            while path[-1] in parents and path.count(path[-1]) == 1:
                path.append(parents[path[-1]][0])
            # Each circle is told once, at the first of its codes.
            if path[-1] == code and code == min(path, key=lambda one: lines.get(one, 0)):
                circle = " → ".join(path)
                self.fault(node, f"Parents run in a circle: {circle}; take one of them away.")

    def code(self, node: yaml.Node, number: int) -> tuple[Code, yaml.Node | None]:
        who = f"Code number {number}"
        if isinstance(node, yaml.MappingNode):
            ids = (value.value for key, value in node.value if key.value == "id")
            who = next((f'Code "{found}"' for found in ids if isinstance(found, str)), who)
        fields = self.fields(node, who, _CODE_KEYS)
        if not fields:
            return Code("", {}, {}), None
        code_id = self.identifier(fields, node, who, _EXAMPLE)
        parent = fields["parent"][1] if "parent" in fields else None
        code = Code(
            id=code_id,
            name=self.names(fields, node, who),
            definition=self.definition(fields, node, who),
            include=self.text(fields, who, "include"),
            exclude=self.text(fields, who, "exclude"),
            core=self.truth(fields, who, "core"),
            keywords=self.phrases(fields, who, "keywords"),
            parent=self.text(fields, who, "parent") or None,
            not_in=self.phrases(fields, who, "not_in"),
        )
        return code, parent

    def definition(self, fields: Fields, node: yaml.Node, who: str) -> dict[str, str]:
        """In each language that says it; a text alone counts for the language of its letters."""
        if "definition" not in fields:
            self.fault(node, f'{who} has no "definition"; say what the code means.')
            return {}
        value = fields["definition"][1]
        if not isinstance(value, yaml.MappingNode):
            text = self.text(fields, who, "definition")
            return {"fa" if language_of(text) == "fa" else "en": text} if text else {}
        by_language = self.fields(value, f"{who}: its definition", LANGUAGES)
        texts = {name: self.text(by_language, who, name) for name in by_language}
        return {name: texts[name] for name in LANGUAGES if texts.get(name)}

    def text(self, fields: Fields, who: str, key: str) -> str:
        if key not in fields:
            return ""
        value = fields[key][1]
        if value.tag != STRING:
            self.fault(value, f'{who}: "{key}" is {kind(value)}; write text.')
            return ""
        words = " ".join(value.value.split())
        if not words:
            self.fault(value, f'{who}: "{key}" is empty; write it or drop the line.')
        return words

    def truth(self, fields: Fields, who: str, key: str) -> bool:
        if key not in fields:
            return False
        value = fields[key][1]
        if value.tag != "tag:yaml.org,2002:bool":
            self.fault(value, f'{who}: "{key}" is {shown(value)}; write true or false.')
            return False
        return bool(value.value.lower() in ("true", "yes", "on"))

    def names(self, fields: Fields, node: yaml.Node, who: str) -> dict[str, str]:
        if "name" not in fields:
            self.fault(node, f'{who} has no "name"; write name: {{en: ..., fa: ...}}.')
            return {}
        value = fields["name"][1]
        by_language = self.fields(value, f"{who}: its name", LANGUAGES)
        names = {}
        for language in LANGUAGES:
            if not isinstance(value, yaml.MappingNode):
                break
            if language not in by_language:
                self.fault(value, f'{who} has no name in "{language}"; both languages are needed.')
                continue
            name = by_language[language][1]
            if name.tag != STRING or not name.value.strip():
                self.fault(name, f'{who}: its name in "{language}" is {shown(name)}; write a word.')
                continue
            names[language] = name.value.strip()
        return names

    def phrases(self, fields: Fields, who: str, key: str) -> dict[str, tuple[str, ...]]:
        if key not in fields:
            return {}
        by_language = self.fields(fields[key][1], f'{who}: "{key}"', LANGUAGES)
        phrases = {}
        for language, (_, node) in by_language.items():
            if not isinstance(node, yaml.SequenceNode):
                self.fault(
                    node, f'{who}: "{key}" in "{language}" is {kind(node)}; write a list [a, b].'
                )
                continue
            words = (self.phrase(item, who, key) for item in node.value)
            phrases[language] = tuple(word for word in words if word)
        return {language: phrases[language] for language in LANGUAGES if language in phrases}

    def phrase(self, node: yaml.Node, who: str, key: str) -> str:
        if node.tag != STRING:
            hint = ""
            if isinstance(node, yaml.ScalarNode) and node.value:
                hint = f': if the word is meant, write it in quotes ("{node.value}")'
            self.fault(node, f'{who}: an entry of "{key}" is {kind(node)}, not text{hint}.')
            return ""
        word = " ".join(node.value.split())
        if not any(letter.isalnum() for letter in word):
            self.fault(node, f'{who}: the entry "{word}" of "{key}" has no letters; write a word.')
        elif "*" in word[:-1] or word.endswith(" *"):
            self.fault(
                node,
                f'{who}: in the entry "{word}" of "{key}" the * stands inside; '
                "it can only end a word.",
            )
        return word
