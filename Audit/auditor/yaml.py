"""The part of YAML that price books are written in: mappings, sequences, one-line scalars, comments.

Anchors, tags, block scalars, several documents, tabs and keys that stand twice are refused.
Scalars stay text; who reads them says what they are. `Quoted` marks those that stood in quotes.
"""

from __future__ import annotations

from typing import Any

from .fault import Fault


class Quoted(str):
    """Text that stood in quotes, so that `"no"` is no truth value."""


class _Lines:
    """The lines that hold something, each with its number, indent and text without comment."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.rows: list[tuple[int, int, str]] = []
        self.at = 0
        for number, raw in enumerate(text.split("\n"), start=1):
            line = _without_comment(raw.rstrip("\r")).rstrip()
            body = line.lstrip(" ")
            if not body or (body == "---" and not self.rows):
                continue
            if "\t" in line[: len(line) - len(line.lstrip())]:
                raise Fault(f"{name}:{number}: a tab in the indent")
            self.rows.append((number, len(line) - len(body), body))

    def peek(self) -> tuple[int, int, str] | None:
        return self.rows[self.at] if self.at < len(self.rows) else None

    def fault(self, number: int, what: str) -> Fault:
        return Fault(f"{self.name}:{number}: {what}")


def document(text: str, name: str = "document") -> Any:
    """The one value that the text holds; mappings are dict, sequences list, scalars str or Quoted, nothing None."""
    lines = _Lines(text.removeprefix("\ufeff"), name)
    first = lines.peek()
    if first is None:
        raise Fault(f"{name}: nothing in it")
    value = _block(lines, first[1])
    rest = lines.peek()
    if rest is not None:
        raise lines.fault(rest[0], f"stands at no level: {rest[2]}")
    return value


def _block(lines: _Lines, indent: int) -> Any:
    row = lines.peek()
    assert row is not None
    if _is_item(row[2]):
        return _sequence(lines, indent)
    if _key_end(row[2]) >= 0:
        return _mapping(lines, indent)
    lines.at += 1
    return _inline(lines, row[0], row[2])


def _is_item(body: str) -> bool:
    return body == "-" or body.startswith("- ")


def _sequence(lines: _Lines, indent: int) -> list[Any]:
    items: list[Any] = []
    while (row := lines.peek()) and row[1] == indent and _is_item(row[2]):
        number, _, body = row
        inner = body[1:].lstrip(" ")
        if not inner:
            lines.at += 1
            items.append(_nested(lines, indent))
            continue
        # What follows the dash is the first line of a block of its own, indented by where it stands.
        lines.rows[lines.at] = (number, indent + len(body) - len(inner), inner)
        items.append(_block(lines, indent + len(body) - len(inner)))
    return items


def _nested(lines: _Lines, indent: int) -> Any:
    row = lines.peek()
    return _block(lines, row[1]) if row and row[1] > indent else None


def _mapping(lines: _Lines, indent: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    while (row := lines.peek()) and row[1] == indent and not _is_item(row[2]):
        number, _, body = row
        colon = _key_end(body)
        if colon < 0:
            raise lines.fault(number, f"is no key: {body}")
        key = _scalar(lines, number, body[:colon].rstrip())
        if key is None or key in values:
            raise lines.fault(number, f"key stands twice: {key}")
        rest = body[colon + 1 :].strip()
        lines.at += 1
        if rest:
            values[key] = _inline(lines, number, rest)
        elif (below := lines.peek()) and below[1] == indent and _is_item(below[2]):
            values[key] = _sequence(lines, indent)
        else:
            values[key] = _nested(lines, indent)
    return values


def _inline(lines: _Lines, number: int, text: str) -> Any:
    if text[0] not in "[{":
        return _scalar(lines, number, text)
    while not _balanced(text):
        row = lines.peek()
        if row is None:
            raise lines.fault(number, "a bracket is not closed")
        lines.at += 1
        text += " " + row[2]
    value, end = _flow(lines, number, text, 0)
    if text[end:].strip():
        raise lines.fault(number, f"stands behind the bracket: {text[end:].strip()}")
    return value


def _flow(lines: _Lines, number: int, text: str, at: int) -> tuple[Any, int]:
    """The flow value that begins at `at`, and where it ends."""
    at = _past_spaces(text, at)
    if text[at] == "[":
        return _flow_sequence(lines, number, text, at + 1)
    if text[at] == "{":
        return _flow_mapping(lines, number, text, at + 1)
    end = _flow_scalar_end(text, at)
    return _scalar(lines, number, text[at:end].strip()), end


def _flow_sequence(lines: _Lines, number: int, text: str, at: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    while True:
        at = _past_spaces(text, at)
        if text[at] == "]":
            return items, at + 1
        value, at = _flow(lines, number, text, at)
        items.append(value)
        at = _past_comma(lines, number, text, at, "]")


def _flow_mapping(lines: _Lines, number: int, text: str, at: int) -> tuple[dict[str, Any], int]:
    values: dict[str, Any] = {}
    while True:
        at = _past_spaces(text, at)
        if text[at] == "}":
            return values, at + 1
        colon = _key_end(text[at:])
        if colon < 0:
            raise lines.fault(number, f"is no key: {text[at:]}")
        key = _scalar(lines, number, text[at : at + colon].strip())
        if key is None or key in values:
            raise lines.fault(number, f"key stands twice: {key}")
        value, at = _flow(lines, number, text, at + colon + 1)
        values[key] = value
        at = _past_comma(lines, number, text, at, "}")


def _past_comma(lines: _Lines, number: int, text: str, at: int, closing: str) -> int:
    at = _past_spaces(text, at)
    if text[at] == ",":
        return at + 1
    if text[at] != closing:
        raise lines.fault(number, f"neither comma nor {closing}: {text[at:]}")
    return at


def _past_spaces(text: str, at: int) -> int:
    while text[at] == " ":
        at += 1
    return at


def _flow_scalar_end(text: str, at: int) -> int:
    if text[at] in "\"'":
        return _quote_end(text, at)
    while text[at] not in ",]}":
        at += 1
    return at


def _quote_end(text: str, at: int) -> int:
    """The place behind the quoted text that begins at `at`, or behind the text where it does not end."""
    mark, at = text[at], at + 1
    while at < len(text):
        if mark == '"' and text[at] == "\\":
            at += 2
        elif text[at] == mark:
            if mark == "'" and text[at + 1 : at + 2] == "'":
                at += 2
                continue
            return at + 1
        else:
            at += 1
    return len(text)


def _key_end(body: str) -> int:
    """Where the colon of a key stands, or -1."""
    at = _quote_end(body, 0) if body[:1] in ("'", '"') else 0
    if body[:1] in ("[", "{"):
        return -1
    while at < len(body):
        if body[at] == ":" and (at + 1 == len(body) or body[at + 1] in " ,[]{}"):
            return at
        at += 1
    return -1


def _balanced(text: str) -> bool:
    depth, at = 0, 0
    while at < len(text):
        if text[at] in "\"'" and text[at - 1] in " ,[{:":
            at = _quote_end(text, at)
            continue
        depth += (text[at] in "[{") - (text[at] in "]}")
        at += 1
        if depth == 0:
            return True
    return False


def _without_comment(line: str) -> str:
    at = 0
    while at < len(line):
        if line[at] in "\"'" and (at == 0 or line[at - 1] in " ,[{:"):
            at = _quote_end(line, at)
        elif line[at] == "#" and (at == 0 or line[at - 1] in " \t"):
            return line[:at]
        else:
            at += 1
    return line


_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/", "0": "\0", " ": " "}


def _scalar(lines: _Lines, number: int, text: str) -> str | None:
    if text in ("", "~"):
        return None
    if text[0] in "&*!|>%@`":
        raise lines.fault(number, f"is not read here: {text}")
    if text[0] not in "\"'":
        return text
    if _quote_end(text, 0) != len(text) or len(text) < 2 or text[-1] != text[0]:
        raise lines.fault(number, f"a quote is not closed: {text}")
    inner = text[1:-1]
    if text[0] == "'":
        return Quoted(inner.replace("''", "'"))
    return Quoted(_unescaped(lines, number, inner))


def _unescaped(lines: _Lines, number: int, inner: str) -> str:
    out, at = [], 0
    while at < len(inner):
        if inner[at] != "\\":
            out.append(inner[at])
            at += 1
        elif inner[at + 1] in _ESCAPES:
            out.append(_ESCAPES[inner[at + 1]])
            at += 2
        elif inner[at + 1] in "xuU":
            width = {"x": 2, "u": 4, "U": 8}[inner[at + 1]]
            out.append(chr(int(inner[at + 2 : at + 2 + width], 16)))
            at += 2 + width
        else:
            raise lines.fault(number, f"an unknown escape: \\{inner[at + 1]}")
    return "".join(out)
