"""Segment's JSON directives to expressions: the one whose export is the same JSON, else the directive as written."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .. import nodes as n
from .paths import path_text, read_path, read_template, same_path
from .positions import Position, needs_literal


class _Keep(Exception):
    """No expression gives this JSON: the directive stays as it is."""


def same(one: n.Json, other: n.Json) -> bool:
    """Equal to the letter: 1 is neither 1.0 nor true, and the order of keys counts."""
    return one == other and json.dumps(one) == json.dumps(other)


def _members(value: n.Json, *shapes: tuple[str, ...]) -> dict[str, n.Json]:
    """The object, if its keys are one of these, in this order."""
    if isinstance(value, dict) and tuple(value) in shapes:
        return value
    raise _Keep


def _text(value: n.Json) -> str:
    if isinstance(value, str):
        return value
    raise _Keep


def json_text(value: n.Json) -> str:
    """JSON as the text of a directive."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text if text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text) else json.dumps(value)


@dataclass(frozen=True, slots=True)
class JsonReader:
    """Reads the directives of one row. `spelt`, where given, collects paths that are said in other words."""

    spelt: dict[str, str] | None = None

    def read(self, value: n.Json) -> n.Expr:
        """The expression of any JSON."""
        if isinstance(value, list):
            return n.List(tuple(self.read(item) for item in value))
        if not isinstance(value, dict):
            return n.Literal(value)
        if not any(key.startswith("@") for key in value):
            return n.Object(tuple(n.Member(key, self.read(item)) for key, item in value.items()))
        if len(value) == 1:
            ((name, options),) = value.items()
            read = _DIRECTIVES.get(name)
            if read is not None:
                try:
                    return read(self, options)
                except _Keep:
                    pass
        return n.Directive(json_text(value))

    def at(self, value: n.Json, position: Position) -> n.Expr:
        """The expression of what stands at a position."""
        if isinstance(value, dict) and list(value) == ["@literal"] and needs_literal(value["@literal"], position):
            return self.read(value["@literal"])
        if needs_literal(value, position):
            raise _Keep
        return self.read(value)

    def _path(self, options: n.Json) -> n.Expr:
        text = _text(options)
        path = read_path(text)
        if path is not None:
            return path
        if self.spelt is None:
            raise _Keep
        path = same_path(text)
        canonical = path_text(path)
        if canonical is None or self.spelt.setdefault(canonical, text) != text:
            raise _Keep
        return path

    def _template(self, options: n.Json) -> n.Expr:
        parts = read_template(_text(options))
        if parts is None:
            raise _Keep
        return n.Template(parts)

    def _liquid(self, options: n.Json) -> n.Expr:
        if not _text(options):
            raise _Keep
        return n.Call("liquid", (n.Literal(_text(options)),))

    def _if(self, options: n.Json) -> n.Expr:
        branches = _members(
            options,
            *((word, *rest) for word in ("exists", "blank") for rest in (("then", "else"), ("then",), ("else",))),
        )
        word = next(iter(branches))
        tested = self.at(branches[word], Position.TRUTHY)
        then = self.read(branches["then"]) if "then" in branches else None
        otherwise = self.at(branches["else"], Position.TRUTHY) if "else" in branches else None
        if then is not None and otherwise is not None and _is_fallback(branches) and not isinstance(then, n.Coalesce):
            return n.Coalesce((then, *(otherwise.arms if isinstance(otherwise, n.Coalesce) else (otherwise,))))
        test = n.Test("exists" if word == "exists" else "present", (tested,))
        if then is not None:
            return n.If(test, then, otherwise)
        if otherwise is None:
            raise _Keep
        return n.If(n.Not(test), otherwise)

    def _array_path(self, options: n.Json) -> n.Expr:
        if not isinstance(options, list) or len(options) != 2:
            raise _Keep
        root, shape = options
        if isinstance(root, str):
            items = self._path(root)
        else:
            items = self.at(root, Position.ROOT)
            if isinstance(items, n.Path):
                raise _Keep
        return n.Each(items, self.at(shape, Position.SHAPE))

    def _transform(self, options: n.Json) -> n.Expr:
        parts = _members(options, ("apply", "mapping"))
        return n.Pipe(self.at(parts["apply"], Position.OBJECT), self.at(parts["mapping"], Position.OBJECT))

    def _case(self, options: n.Json) -> n.Expr:
        parts = _members(options, ("operator", "value"))
        if parts["operator"] not in ("lower", "upper"):
            raise _Keep
        return n.Call(_text(parts["operator"]), (self.at(parts["value"], Position.TEXT),))

    def _replace(self, options: n.Json) -> n.Expr:
        base = ("pattern", "value", "replacement")
        parts = _members(options, base, (*base, "ignorecase"), (*base, "global"), (*base, "ignorecase", "global"))
        pattern, replacement = _text(parts["pattern"]), _text(parts["replacement"])
        plain = replacement.replace("$$", "$")
        if plain.replace("$", "$$") != replacement or not 0 < _units(pattern) <= 10 or _units(replacement) > 10:
            raise _Keep
        arguments = (self.at(parts["value"], Position.TEXT), n.Literal(pattern), n.Literal(plain))
        return n.Call("replace", arguments, _switches(parts, {"ignorecase": "ignorecase", "global": "global"}))

    def _merge(self, options: n.Json) -> n.Expr:
        parts = _members(options, ("objects", "direction"))
        objects = parts["objects"]
        if not isinstance(objects, list) or not objects or parts["direction"] not in ("left", "right"):
            raise _Keep
        left = (n.Option("direction", n.Literal("left")),) if parts["direction"] == "left" else ()
        return n.Call("merge", tuple(self.at(item, Position.OBJECT) for item in objects), left)

    def _flatten(self, options: n.Json) -> n.Expr:
        parts = _members(options, ("value", "separator"), ("value", "separator", "omitArrays"))
        separator = _text(parts["separator"])
        if not separator:
            raise _Keep
        switches = _switches(parts, {"omitArrays": "omit_arrays"})
        return n.Call("flatten", (self.read(parts["value"]), n.Literal(separator)), switches)

    def _json(self, options: n.Json) -> n.Expr:
        parts = _members(options, ("mode", "value"))
        if parts["mode"] not in ("encode", "decode"):
            raise _Keep
        name = "to_json" if parts["mode"] == "encode" else "from_json"
        return n.Call(name, (self.at(parts["value"], Position.TRUTHY),))

    def _drop_null(self, options: n.Json) -> n.Expr:
        return n.Call("drop_null", (self.read(options),))


def _is_fallback(branches: Mapping[str, n.Json]) -> bool:
    return "exists" in branches and same(branches["exists"], branches["then"])


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _switches(parts: Mapping[str, n.Json], names: Mapping[str, str]) -> tuple[n.Option, ...]:
    """The options that are true or false."""
    found: list[n.Option] = []
    for key, name in names.items():
        if key in parts:
            value = parts[key]
            if not isinstance(value, bool):
                raise _Keep
            found.append(n.Option(name, n.Literal(value)))
    return tuple(found)


_DIRECTIVES: Mapping[str, Callable[[JsonReader, n.Json], n.Expr]] = {
    "@path": JsonReader._path,  # pyright: ignore[reportPrivateUsage]
    "@template": JsonReader._template,  # pyright: ignore[reportPrivateUsage]
    "@liquid": JsonReader._liquid,  # pyright: ignore[reportPrivateUsage]
    "@if": JsonReader._if,  # pyright: ignore[reportPrivateUsage]
    "@arrayPath": JsonReader._array_path,  # pyright: ignore[reportPrivateUsage]
    "@transform": JsonReader._transform,  # pyright: ignore[reportPrivateUsage]
    "@case": JsonReader._case,  # pyright: ignore[reportPrivateUsage]
    "@replace": JsonReader._replace,  # pyright: ignore[reportPrivateUsage]
    "@merge": JsonReader._merge,  # pyright: ignore[reportPrivateUsage]
    "@flatten": JsonReader._flatten,  # pyright: ignore[reportPrivateUsage]
    "@json": JsonReader._json,  # pyright: ignore[reportPrivateUsage]
    "@excludeWhenNull": JsonReader._drop_null,  # pyright: ignore[reportPrivateUsage]
}
