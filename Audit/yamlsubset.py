"""Reads the part of YAML that price books are written in: mappings, sequences, plain and quoted scalars, comments."""


class NotUnderstood(Exception):
    """A line that this reader does not understand."""


def read(text):
    """The document as dicts, lists and strings; every scalar stays the text it is."""
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = without_comment(line).rstrip()
        if bare.strip() and bare.strip() != "---":
            lines.append((len(bare) - len(bare.lstrip(" ")), bare.strip(), number))
    value, rest = block(lines, 0)
    if rest:
        raise NotUnderstood(f"line {rest[0][2]}")
    return value


def without_comment(line):
    quote = None
    for place, letter in enumerate(line):
        if quote:
            quote = None if letter == quote else quote
        elif letter in "\"'" and (place == 0 or line[place - 1] in " :,[{"):
            quote = letter
        elif letter == "#" and (place == 0 or line[place - 1] == " "):
            return line[:place]
    return line


def block(lines, indent):
    """One value that stands at an indentation or deeper, and the lines behind it."""
    if not lines:
        return None, []
    depth = lines[0][0]
    if depth < indent:
        return None, lines
    return sequence(lines, depth) if is_item(lines[0][1]) else mapping(lines, depth)


def is_item(text):
    return text == "-" or text.startswith("- ")


def sequence(lines, depth):
    items = []
    while lines and lines[0][0] == depth and is_item(lines[0][1]):
        _, text, number = lines[0]
        inner = text[1:].lstrip(" ")
        if not inner:
            item, lines = block(lines[1:], depth + 1)
        elif inner[0] not in "{[\"'" and (": " in inner or inner.endswith(":")):
            column = depth + len(text) - len(inner)
            item, lines = mapping([(column, inner, number), *lines[1:]], column)
        else:
            item, lines = flow_over_lines(inner, lines)
        items.append(item)
    return items, lines


def mapping(lines, depth):
    result = {}
    while lines and lines[0][0] == depth and not is_item(lines[0][1]):
        _, text, number = lines[0]
        key, colon, value = text.partition(":")
        if not colon:
            raise NotUnderstood(f"line {number}: {text}")
        value = value.strip()
        if value:
            result[key.strip()], lines = flow_over_lines(value, lines)
        else:
            # A sequence may stand at its key's own depth.
            deeper = depth if len(lines) > 1 and lines[1][0] == depth and is_item(lines[1][1]) else depth + 1
            result[key.strip()], lines = block(lines[1:], deeper)
    return result, lines


def flow_over_lines(text, lines):
    """A scalar or a flow value, which may go on in the next lines."""
    lines = lines[1:]
    while text[0] in "{[" and text.count("{") + text.count("[") > text.count("}") + text.count("]"):
        text, lines = text + " " + lines[0][1], lines[1:]
    value, rest = flow(text)
    if rest.strip():
        raise NotUnderstood(text)
    return value, lines


def flow(text):
    text = text.lstrip()
    if text.startswith("{"):
        return pairs(text[1:].lstrip())
    if text.startswith("["):
        return members(text[1:].lstrip())
    if text[:1] in "\"'" and text:
        end = text.index(text[0], 1)
        return text[1:end], text[end + 1:]
    end = 0
    while end < len(text) and not (text[end] in ",}]" and flow.nested):
        end += 1
    return text[:end].strip(), text[end:]


flow.nested = 0


def pairs(text):
    result = {}
    flow.nested += 1
    while not text.startswith("}"):
        key, _, text = text.partition(":")
        result[key.strip().strip("\"'")], text = flow(text)
        text = text.lstrip().removeprefix(",").lstrip()
    flow.nested -= 1
    return result, text[1:]


def members(text):
    result = []
    flow.nested += 1
    while not text.startswith("]"):
        item, text = flow(text)
        result.append(item)
        text = text.lstrip().removeprefix(",").lstrip()
    flow.nested -= 1
    return result, text[1:]
