"""python-liquid, set up to be liquidjs as the engine uses it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final, TextIO, cast

import liquid
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, tokenize
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.expressions.primitive import parse_primitive
from liquid.builtin.output import Output, OutputNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_EOF, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_PIPE, TOKEN_WORD, Token
from liquid.undefined import is_undefined

from .errors import fail
from .liquid_compare import adapt
from .liquid_filters import DISABLED, FILTERS, OPERANDS
from .liquid_values import stringify
from .paths import member
from .values import UNDEFINED, Json, from_units, to_text

# Words of the library's that are plain names to liquidjs: some anywhere, the others where they stand after a dot.
_NAMES: Final = ("as", "cols", "continue", "else", "for", "if", "in", "limit", "offset", "required", "reversed", "with")
_WORDS: Final = (*_NAMES, "and", "blank", "contains", "empty", "false", "nil", "not", "null", "or", "true")
_MARKUP: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_AFTER_DOT: Final = re.compile(rf""""[^"]*"|'[^']*'|\.({"|".join(_WORDS)})\b(?!-)""")
_DISABLED_TAGS: Final = ("case", "for", "include", "layout", "render", "tablerow")


class _DisabledError(LiquidError):
    """A tag or a filter that the engine has switched off."""


class _Context(RenderContext):
    """Looks values up and filters them as JavaScript would."""

    def get_item(self, obj: Any, key: Any) -> Any:
        """A member, an item, or one of size, first and last; KeyError where there is none."""
        key = _plain(key)
        if isinstance(key, float) and key.is_integer():
            key = int(key)
        if isinstance(key, int) and not isinstance(key, bool) and key < 0 and isinstance(obj, list):
            key = len(cast(list[Json], obj)) + key
        found = member(obj, to_text(key)) if isinstance(obj, dict | list | str) and obj != "" else UNDEFINED
        if found is UNDEFINED and isinstance(obj, list) and key in ("first", "last"):
            found = FILTERS[key](obj)
        if found is UNDEFINED and key == "size" and isinstance(obj, dict | list | str):
            found = FILTERS["size"](obj) if isinstance(obj, str) else len(cast(list[Json], obj))
        if found is UNDEFINED:
            raise KeyError(key)
        return found

    def filter(self, name: str, token: Any) -> Callable[..., object]:
        """The filter of that name; one that nobody knows passes its value on."""
        if name in DISABLED:
            raise _DisabledError(f'filter "{name}" is disabled', token=token)
        known = FILTERS.get(name)

        def filtered(value: object, *arguments: object, **named: object) -> object:
            if known is None:
                return _plain(value)
            plain = {key: _plain(item) for key, item in named.items()}
            operands = [_plain(operand) for operand in (value, *arguments)]
            result = known(*operands[: OPERANDS[name]], **plain)
            return None if result is UNDEFINED else result

        return filtered


def _plain(value: Any) -> Json:
    """A template's value as JSON: the library's undefined, ranges and drops among them."""
    if is_undefined(value):
        return UNDEFINED
    if isinstance(value, range):
        return list(value)
    return value if value is None or type(value) in (str, bool, int, float, list, dict) else ""


class _OutputNode(OutputNode):
    """{{ … }}, written as JavaScript writes values."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(from_units(stringify(_plain(self.expression.evaluate(context)))))


class _Output(Output):
    """{{ … }}: of several values in a row the last counts."""

    node_class = _OutputNode

    def parse(self, stream: TokenStream) -> OutputNode:
        token = stream.eat(TOKEN_OUTPUT)
        text = stream.expect(TOKEN_EXPRESSION)
        tokens = TokenStream(map(_as_name, tokenize(text.value, text)))
        left = parse_primitive(self.env, tokens)
        while tokens.current.kind not in (TOKEN_PIPE, TOKEN_EOF):
            left = parse_primitive(self.env, tokens)
        filters = Filter.parse(self.env, tokens, delim=(TOKEN_PIPE,))
        tokens.eat(TOKEN_EOF)
        return self.node_class(token, FilteredExpression(left.token, left, filters))


def _as_name(token: Token) -> Token:
    return Token(TOKEN_WORD, token.value, token.start_index, token.source) if token.kind in _NAMES else token


def _bracket_words(template: str) -> str:
    """The template with its a.empty as a["empty"], which the library reads."""

    def bracket(match: re.Match[str]) -> str:
        return f'["{match[1]}"]' if match[1] else match[0]

    return _MARKUP.sub(lambda markup: _AFTER_DOT.sub(bracket, markup[0]), template)


def _disabled_tag(tag: str) -> type[Tag]:
    class Disabled(Tag):
        """A tag that may not even be parsed."""

        name = tag
        block = False

        def parse(self, stream: TokenStream) -> Any:
            raise _DisabledError(f'tag "{tag}" is disabled', token=stream.current)

    return Disabled


@dataclass(frozen=True, slots=True)
class Template:
    """A template that has been parsed."""

    _template: liquid.BoundTemplate

    def render(self, scope: dict[str, Json]) -> str:
        """Fill it from the members of an object; MappingError where that fails."""
        buffer = StringIO()
        try:
            self._template.render_with_context(_Context(self._template, globals=scope), buffer)
        except (LiquidError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise fail(str(error)) from error
        return buffer.getvalue()


def _environment() -> liquid.Environment:
    environment = liquid.Environment(tolerance=liquid.Mode.STRICT, strict_filters=False)
    environment.suppress_blank_control_flow_blocks = False
    environment.add_tag(_Output)
    for tag in _DISABLED_TAGS:
        environment.add_tag(_disabled_tag(tag))
    return environment


_ENVIRONMENT: Final = _environment()


def parse(template: str) -> Template:
    """Parse a template; MappingError where it does not parse or has a tag that is switched off."""
    try:
        parsed = _ENVIRONMENT.from_string(_bracket_words(template))
    except LiquidError as error:
        raise fail(str(error)) from error
    for node in parsed.nodes:
        _adapt_conditions(node, _Context(parsed))
    return Template(parsed)


def _adapt_conditions(node: Node, context: RenderContext) -> None:
    for expression in node.expressions():
        adapt(expression)
    for child in node.children(context):
        _adapt_conditions(child, context)
