"""The words of a trigger: Segment's lexer, with the places where it loses its own place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from .values import units

TokenKind: TypeAlias = Literal["ident", "operator", "conditional", "null", "string", "number", "mark", "end"]

_END: Final = "-1"  # what the lexer sees past the end; no single character equals it
_SPACE: Final = (" ", "\t", "\n")
_TERMINATORS: Final = (*_SPACE, _END, ",", "]", ")")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS: Final = frozenset("0123456789")
_NAME: Final = _LETTERS | _DIGITS | frozenset("_-\\")
_AFTER_NAME: Final = (*_TERMINATORS, ".", "(", "=", "!")
_MARKS: Final = frozenset(".[],()")
_LONGEST: Final = 100_000


class FqlError(ValueError):
    """A trigger that Segment refuses; it then never matches."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word. Its text is in UTF-16 units; a string's keeps its quotes, the end's is "eos"."""

    kind: TokenKind
    text: str


def tokenize(fql: str) -> tuple[Token, ...]:
    """Cut a trigger into words, "end" last.

    Names joined by single dots come as one ident: properties . a is "properties.a".
    Errors: FqlError where the lexer gives up
    """
    return tuple(_join_names(list(_Lexer(units(fql)).tokens())))


def _join_names(tokens: list[Token]) -> Iterator[Token]:
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.kind == "ident":
            # Only names join: after properties.products the number in .0.sku stays apart, as do and, or, null.
            while (
                position + 1 < len(tokens)
                and tokens[position] == Token("mark", ".")
                and tokens[position + 1].kind == "ident"
            ):
                token = Token("ident", f"{token.text}.{tokens[position + 1].text}")
                position += 2
        yield token


class _Lexer:
    """A cursor over the text, with the original's way of stepping back."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def tokens(self) -> Iterator[Token]:
        while (character := self._next()) != _END:
            if character not in _SPACE:
                yield self._token(character)
        yield Token("end", "eos")

    def _token(self, character: str) -> Token:
        if character == "!" and (self._peek() in _LETTERS or self._peek() == "("):
            return Token("operator", "!")
        if character in _LETTERS or character in "!=<>\\_":
            return self._word(character)
        if character in _DIGITS or character in "-+":
            return self._number(character)
        if character in "\"'":
            return self._string(character)
        if character in _MARKS:
            return Token("mark", character)
        raise FqlError(f"invalid character {character!r}")

    def _word(self, first: str) -> Token:
        if first == "=":
            return Token("operator", "=")
        if first == "!":
            if self._accept("="):
                return Token("operator", "!=")
            raise FqlError("'!=' needs white space after it, and '!' a name or a parenthesis")
        if first in "<>":
            return Token("operator", first + ("=" if self._accept("=") else ""))
        if first == "a" and self._accept("nd"):
            return Token("conditional", "and")
        if first == "o" and self._accept("r"):
            return Token("conditional", "or")
        if first == "n" and self._accept("ull"):
            return Token("null", "null")
        return self._name(first)

    def _name(self, character: str) -> Token:
        name = ""
        while True:
            if character == "\\":
                if self._peek() == _END:
                    raise FqlError("a backslash at the end")
                character = self._next()
            name += character
            if len(name) >= _LONGEST:
                raise FqlError("a name of unreasonable length")
            if self._peek() not in _NAME:
                break
            character = self._next()
        if self._peek() not in _AFTER_NAME:
            raise FqlError(f"{self._peek()!r} after the name {name!r}")
        return Token("ident", name)

    def _number(self, first: str) -> Token:
        number = first
        decimal = False
        while (coming := self._peek()) in _DIGITS or coming == ".":
            number += self._next()
            if coming == ".":
                if self._peek() in _TERMINATORS or decimal:
                    raise FqlError(f"the number {number!r} has a decimal point too many")
                decimal = True
            if len(number) > _LONGEST:
                raise FqlError("a number of unreasonable length")
        return Token("number", number)

    def _string(self, quote: str) -> Token:
        content = ""
        while self._peek() != quote:
            character = self._next()
            if character == _END:
                raise FqlError("a text without its closing quote")
            content += character
            if len(content) >= _LONGEST:
                raise FqlError("a text of unreasonable length")
        # Unless white space, ",", "]" or ")" follows, the closing quote is seen again, and opens another text.
        self._accept(quote)
        return Token("string", f"{quote}{content}{quote}")

    def _accept(self, word: str) -> bool:
        """Step over the word if it stands here and ends here; at the end of the text a part of it is lost."""
        taken = ""
        for _ in word:
            character = self._next()
            if character == _END:
                return False
            taken += character
            if character in _TERMINATORS:
                break
        if taken == word and self._peek() in _TERMINATORS:
            return True
        self._at -= len(taken)
        return False

    def _next(self) -> str:
        if self._at == len(self._text):
            return _END
        self._at += 1
        return self._text[self._at - 1]

    def _peek(self) -> str:
        return _END if self._at == len(self._text) else self._text[self._at]
