"""R -> a tree, one statement at a time. Bounded in every direction; what isn't R as it is read here is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_TOKENS = 800  # of one statement
MOST_DEPTH = 40

_TOKEN = re.compile(
    r"[ \t]*+(?:(?P<comment>#[^\n]*+)|(?P<number>(?>\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?>(?:[eE][+-]?\d{1,3})?)L?+)"
    r"|(?P<string>\"[^\"\n]{0,500}+\"|'[^'\n]{0,500}+')|(?P<name>[A-Za-z.][\w.]{0,80}+|`[^`\n]{1,80}+`)"
    r"|(?P<sign>%>%|\|>|%%|%/%|%\*%|<<?-|->|===?|[=!<>]=|&&|\|\||:::?|\n|[-+*/^=<>!&|:$@\[\](){},;~?]))"
)
_PIPED_ON = re.compile(r"\s{0,200}+(?:%>%|\|>)")
_SIGN_OF = {"<<-": "<-", ":::": "::"}
_BINARY: dict[str, int] = {  # how strongly a sign binds
    "<-": 1, "=": 1, "->": 1, "~": 2, "||": 3, "|": 3, "&&": 4, "&": 4, "==": 5, "!=": 5, "<": 5, ">": 5, "<=": 5,
    ">=": 5, "+": 6, "-": 6, "*": 7, "/": 7, "%>%": 8, "|>": 8, "%%": 8, "%/%": 8, "%*%": 8, ":": 9, "^": 11,
}  # fmt: skip
_FROM_THE_RIGHT = ("<-", "=", "^")
PIPES = ("%>%", "|>")


class NotR(ValueError):
    """The text isn't R, or more of it than is read here."""


@dataclass(frozen=True)
class Node:
    """A part of a statement. kind: number, string, name, call, index, field, sign (of one or two sides), gap.

    text: the number, the string, the name, the field, the sign. parts: of a call the function first, then its
    arguments, whose names are in `names` ("" where one has none). line: from 0, in the text.
    """

    kind: str
    text: str = ""
    parts: tuple[Node, ...] = ()
    names: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int


def statement(text: str, start: int, line: int) -> tuple[Node, int]:
    """The statement that begins at a character, and the character behind it. Raises NotR."""
    parser = _Parser(text, start, line)
    node = parser.expression(0, 0)
    if parser.token.kind not in ("end", "comment") and parser.token.text not in ("\n", ";"):
        raise NotR(parser.token.text)
    return node, parser.begin


class _Parser:
    """One statement. Inside of brackets a line's end is a blank; behind a sign that needs a second side, too."""

    def __init__(self, text: str, start: int, line: int) -> None:
        self.source, self.place, self.line, self.begin = text, start, line, start
        self.open, self.count = 0, 0
        self.token = _Token("end", "", line)
        self.next()

    def next(self) -> _Token:
        """The token that was the current one; the one behind it is now."""
        before = self.token
        while True:
            self.begin = self.place
            found = _TOKEN.match(self.source, self.place)
            self.count += 1
            if self.count > MOST_TOKENS:
                raise NotR("too long")
            if found is None or found.lastgroup is None:
                if self.source[self.place :].strip(" \t"):
                    raise NotR(self.source[self.place : self.place + 10])
                self.token = _Token("end", "", self.line)
                return before
            self.place = found.end()
            kind, words = found.lastgroup, found[found.lastgroup]
            self.token = _Token(kind, _SIGN_OF.get(words, words), self.line)
            self.line += words == "\n"
            if kind == "comment" or (words == "\n" and self.open):
                continue
            return before

    def skip_lines(self) -> None:
        while self.token.text == "\n" and self.token.kind == "sign":
            self.next()

    def expect(self, sign: str) -> None:
        if self.token.text != sign or self.token.kind != "sign":
            raise NotR(self.token.text)
        self.next()

    def expression(self, least: int, depth: int) -> Node:
        """Sides and signs that bind at least so strongly."""
        if depth > MOST_DEPTH:
            raise NotR("too deep")
        node = self.side(depth)
        while True:
            sign = self.token.text if self.token.kind == "sign" else ""
            if sign == "\n" and self._pipe_follows():
                self.skip_lines()
                continue
            strength = _BINARY.get(sign, 0)
            if not strength or strength < least:
                return node
            line = self.next().line
            self.skip_lines()
            right = self.expression(strength + (sign not in _FROM_THE_RIGHT), depth + 1)
            if sign == "->":
                node, right, sign = right, node, "<-"
            node = Node("sign", "<-" if sign == "=" else sign, (node, right), line=line)

    def _pipe_follows(self) -> bool:
        """A line that begins with a pipe goes on with the one before it."""
        return _PIPED_ON.match(self.source, self.place) is not None

    def side(self, depth: int) -> Node:
        """A number, a string, a name, something in brackets; and what is called on it or taken from it."""
        token = self.next()
        if token.kind == "sign" and token.text in ("-", "+", "!", "~", "?"):
            return Node("sign", token.text, (self.expression(7, depth + 1),), line=token.line)
        if token.kind in ("number", "string"):
            node = Node(token.kind, token.text.strip("\"'") if token.kind == "string" else token.text, line=token.line)
        elif token.kind == "name":
            node = self._function(depth) if token.text == "function" else Node("name", token.text.strip("`"),
                                                                              line=token.line)  # fmt: skip
        elif token.text == "(":
            self._into()
            node = self.expression(0, depth + 1)
            self._out(")")
        elif token.text == "{":
            return self._block()
        else:
            raise NotR(token.text)
        return self._behind(node, depth)

    def _into(self) -> None:
        """A bracket was opened: line ends count no more, those that were read already too."""
        self.open += 1
        self.skip_lines()

    def _out(self, sign: str) -> None:
        self.open -= 1
        self.expect(sign)

    def _behind(self, node: Node, depth: int) -> Node:
        while self.token.kind == "sign" and self.token.text in ("(", "[", "$", "@", "::"):
            token = self.next()
            if token.text in ("$", "@"):
                node = Node("field", self.next().text.strip("`\"'"), (node,), line=token.line)
            elif token.text == "::":
                node = Node("name", self.next().text, line=token.line)
            else:
                node = self._arguments(node, token, depth)
        return node

    def _arguments(self, node: Node, token: _Token, depth: int) -> Node:
        """``f(a, b = 3)``, ``x[, 2]`` and ``x[["a"]]``."""
        close, names, parts = (")" if token.text == "(" else "]"), [""], [node]
        self._into()
        while self.token.text != close or self.token.kind != "sign":
            if self.token.text == ",":
                names.append("")
                parts.append(Node("gap", line=self.token.line))
            elif self.token.text == "[" and close == "]":  # x[["a"]]
                inner = self._arguments(node, self.next(), depth + 1)
                names, parts = list(inner.names), list(inner.parts)
            else:
                name, value = self._argument(depth)
                names.append(name)
                parts.append(value)
            if self.token.text == "," and self.token.kind == "sign":
                self.next()
                if self.token.text == close and close == "]":
                    names.append("")
                    parts.append(Node("gap", line=self.token.line))
            elif self.token.text != close:
                raise NotR(self.token.text)
        self._out(close)
        kind = "call" if close == ")" else "index"
        return Node(kind, "", tuple(parts), tuple(names), token.line)

    def _argument(self, depth: int) -> tuple[str, Node]:
        value = self.expression(2, depth + 1)
        if self.token.text == "=" and value.kind in ("name", "string"):
            self.next()
            return value.text, self.expression(2, depth + 1)
        return "", value

    def _function(self, depth: int) -> Node:
        """``function(x) …``: what it does isn't followed."""
        self.expect("(")
        self.open += 1
        while self.token.text != ")" and self.token.kind != "end":
            self.next()
        self._out(")")
        self.skip_lines()
        if self.token.text == "{":
            self.next()
            return self._block()
        self.expression(2, depth + 1)
        return Node("gap", line=self.line)

    def _block(self) -> Node:
        """``{ … }``: left out."""
        level = 1
        while level:
            if self.token.kind == "end":
                raise NotR("an open block")
            token = self.next()
            level += (token.text == "{") - (token.text == "}")
        return Node("gap", line=self.line)
