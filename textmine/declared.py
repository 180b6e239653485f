"""Files that people write in YAML: codebooks, schemes, places, studies.

What they have in common is how they are refused: with every fault at once, each with its line, in
sentences that say what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from textmine.errors import TextmineError

Fields = dict[str, tuple[yaml.Node, yaml.Node]]
"""The keys of a mapping, each with its key node and its value node."""

ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_ID_RULE = "small Latin letters and digits in words joined by hyphens, such as {}"

STRING = "tag:yaml.org,2002:str"
_KINDS = {
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:bool": "true or false",
    "tag:yaml.org,2002:null": "nothing",
    "tag:yaml.org,2002:timestamp": "a date",
    "tag:yaml.org,2002:seq": "a list",
    "tag:yaml.org,2002:map": "a list of key: value",
    STRING: "text",
}


def text_of(path: Path, what: str, refusal: type[TextmineError]) -> str:
    """The text of the file ``path``; ``what`` it should be stands in the message of ``refusal``."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise refusal(
            f"{what} {path} cannot be opened: {error.strerror}. Check the name."
        ) from error
    except UnicodeDecodeError as error:
        raise refusal(
            f"{what} {path} is not UTF-8 (byte {error.start}). Save it as UTF-8."
        ) from error


def composed(source: str, name: str, what: str, refusal: type[TextmineError]) -> yaml.Node | None:
    """The root of the YAML in ``source``, None for an empty one; ``name`` is how messages call it.

    >>> from textmine.errors import InputError
    >>> composed("a: [1", "x.yaml", "a list", InputError)
    Traceback (most recent call last):
        ...
    textmine.errors.InputError: x.yaml, line 1, column 6: this is not YAML: expected ',' or ']', but
    got '<stream end>'. Check indentation, colons, brackets and quotes there.
    """
    try:
        root: yaml.Node | None = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise refusal(
            f"{name}{where}: this is not YAML: {error.problem or error.context}. "
            "Check indentation, colons, brackets and quotes there."
        ) from error
    except yaml.YAMLError as error:
        raise refusal(f"{name}: this is not YAML: {error}.") from error
    except RecursionError:
        raise refusal(f"{name} is nested too deeply to be {what}.") from None
    return root


def id_rule(example: str) -> str:
    """What an id must be, for a message."""
    return _ID_RULE.format(example)


def kind(node: yaml.Node) -> str:
    """What a node is, for a message."""
    return _KINDS.get(node.tag, f"of the type {node.tag}")


def shown(node: yaml.Node) -> str:
    """What a node holds, for a message."""
    if isinstance(node, yaml.ScalarNode) and node.value:
        return f'"{node.value}"' if node.tag == STRING else f"{node.value} ({kind(node)})"
    return kind(node) if node.value else "empty"


class Reader:
    """Walks the nodes of a file and notes each fault with its line."""

    def __init__(self) -> None:
        self.faults: list[tuple[int, str]] = []

    def fault(self, node: yaml.Node, sentence: str) -> None:
        """Note what is wrong at a node."""
        self.faults.append((node.start_mark.line + 1, sentence))

    def fields(self, node: yaml.Node, who: str, known: Sequence[str] | None) -> Fields:
        """The keys of a mapping that ``who`` has; it may have the ``known`` ones (None: any)."""
        if not isinstance(node, yaml.MappingNode) or not node.value:
            self.fault(node, f"{who} is {shown(node)}; write its parts as key: value lines.")
            return {}
        fields: Fields = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else kind(key)
            if name in fields:
                first = fields[name][0].start_mark.line + 1
                self.fault(key, f'{who} has "{name}" twice (first at line {first}); keep one.')
            elif known is not None and name not in known:
                self.fault(key, f'{who} has the unknown key "{name}"; known: {", ".join(known)}.')
            fields.setdefault(name, (key, value))
        return fields

    def identifier(self, fields: Fields, node: yaml.Node, who: str, example: str) -> str:
        """The id of ``who``; empty when there is none that can be used."""
        if "id" not in fields:
            self.fault(node, f'{who} has no "id"; write {id_rule(example)}.')
            return ""
        value = fields["id"][1]
        if not isinstance(value, yaml.ScalarNode) or not ID.fullmatch(value.value):
            self.fault(value, f"{who}: the id is {shown(value)}; write {id_rule(example)}.")
            return ""
        return str(value.value)

    def refuse(self, name: str, refusal: type[TextmineError]) -> None:
        """Raise ``refusal`` with all faults when there are any."""
        faults = sorted(set(self.faults))  # what an alias repeats is one fault
        if faults:
            count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
            lines = (f"\n  line {line}: {sentence}" for line, sentence in faults)
            raise refusal(f"{name} has {count}:{''.join(lines)}")
