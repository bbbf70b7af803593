"""A mapping as Python text: one statement a line, each directive a few of them."""

import math
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from .directives import directive_of, is_directive, replacement_flags, replacement_pairs, unwrap_root
from .errors import MappingError
from .paths import split_path, strip_root
from .text import split_template
from .validate import check
from .values import Json, is_array, is_object, is_truthy, ordered_keys, type_of

Mode: TypeAlias = Literal["raw", "kept", "output"]
"""What becomes of undefined inside a value: raw, it stays; kept, it is dropped from objects and stays in arrays (a
@transform's intermediate); output, it is dropped from objects and null in arrays."""

Keys: TypeAlias = tuple[str, ...]

_DEEPEST: Final = 20  # Python gives up at 100 levels of indentation; well before, a branch becomes a function
_WIDEST: Final = 8  # how deep a constant may be nested in one expression


@dataclass(frozen=True, slots=True)
class _Value:
    """A value in generated code: a name or a literal.

    Shape:  may_be_undefined: it can be U itself; is_dirty: it can hold U somewhere inside
    """

    code: str
    may_be_undefined: bool = True
    is_dirty: bool = False


_UNDEFINED: Final = _Value("U")


@dataclass(slots=True)
class _Scope:
    """What paths start from: the event, an item, or a @transform's intermediate.

    Shape:  known: the paths already read, and the names that hold them, a dict a branch
    """

    name: str
    is_dirty: bool
    is_object: bool
    known: list[dict[Keys, str]] = field(default_factory=lambda: [{}])

    def longest(self, keys: Keys) -> tuple[Keys, str]:
        """The longest part of the path that has been read, and the name that holds it."""
        for length in range(len(keys), 0, -1):
            for names in reversed(self.known):
                if keys[:length] in names:
                    return keys[:length], names[keys[:length]]
        return (), self.name


def emit_mapping(mapping: Json) -> str:
    """The text of `mapping(event)` for a valid mapping whose root directive is unwrapped."""
    emitter = _Emitter()
    scope = _Scope("event", is_dirty=False, is_object=True)
    emitter.line("event = as_data(event)")
    result = emitter.emit(mapping, scope, "output")
    emitter.line(
        f"return None if {result.code} is U else {result.code}" if result.may_be_undefined else f"return {result.code}"
    )
    emitter.close("run", "event")
    main = (
        "def mapping(event):",
        "    try:",
        "        return run(event)",
        "    except RecursionError:",
        "        raise fail('Maximum call stack size exceeded') from None",
    )
    return "\n".join((*emitter.finished, *main, ""))


def _is_name(value: _Value) -> bool:
    return value.code.isidentifier() and value.code not in ("None", "True", "False")


class _Emitter:
    """Writes the body of one function at a time; functions it needs are finished before it."""

    def __init__(self) -> None:
        self.finished: list[str] = []
        self._lines: list[str] = []
        self._depth = 1
        self._names = 0

    def line(self, text: str) -> None:
        """One statement at the present depth."""
        self._lines.append("    " * self._depth + text)

    def close(self, name: str, parameter: str) -> None:
        """Make the body written so far a function."""
        self.finished += (f"def {name}({parameter}):", *self._lines, "", "")
        self._lines = []

    def _fresh(self, stem: str = "v") -> str:
        self._names += 1
        return f"{stem}{self._names}"

    def _assign(self, code: str, *, may_be_undefined: bool = True, is_dirty: bool = False) -> _Value:
        name = self._fresh()
        self.line(f"{name} = {code}")
        return _Value(name, may_be_undefined, is_dirty)

    def _fail(self, message: str) -> _Value:
        self.line(f"raise fail({message!r})")
        return _UNDEFINED

    @contextmanager
    def _branch(self, scope: _Scope) -> Generator[None]:
        """Deeper by one; what is read here is known here only."""
        self._depth += 1
        scope.known.append({})
        yield
        scope.known.pop()
        self._depth -= 1

    def _function(
        self, stem: str, write: Callable[[_Scope], _Value], *, is_dirty: bool, is_object: bool
    ) -> tuple[str, _Value]:
        """A function of one value, written aside; its name and what is known of what it returns."""
        name, parameter = self._fresh(stem), self._fresh("value")
        lines, depth = self._lines, self._depth
        self._lines, self._depth = [], 1
        result = write(_Scope(parameter, is_dirty, is_object))
        self.line(f"return {result.code}")
        self.close(name, parameter)
        self._lines, self._depth = lines, depth
        return name, result

    def emit(self, node: Json, scope: _Scope, mode: Mode) -> _Value:
        """Write what computes a mapping's part, and say where its value is."""
        if isinstance(node, dict | list) and _is_constant(node, _WIDEST):
            return self._assign(_literal(node), may_be_undefined=False)
        if is_array(node):
            return self._emit_array(node, scope, mode)
        if not is_object(node):
            is_lost = mode == "output" and isinstance(node, float) and not math.isfinite(node)
            return _Value("None" if is_lost else _literal(node), may_be_undefined=False)
        if not is_directive(node):
            return self._emit_object(node, scope, mode)
        name, options = directive_of(node)
        write = _DIRECTIVES.get(name)
        if write is None:
            return self._fail(f"{name} is not a valid directive, got undefined")
        if self._depth <= _DEEPEST:
            return write(self, options, scope, mode)
        function, result = self._function(
            "part", lambda inner: write(self, options, inner, mode), is_dirty=scope.is_dirty, is_object=scope.is_object
        )
        return self._assign(f"{function}({scope.name})", is_dirty=result.is_dirty)

    def _emit_array(self, node: list[Json], scope: _Scope, mode: Mode) -> _Value:
        items = [self.emit(item, scope, mode) for item in node]
        parts = [
            f"None if {item.code} is U else {item.code}" if mode == "output" and item.may_be_undefined else item.code
            for item in items
        ]
        holds = mode != "output" and any(item.may_be_undefined for item in items)
        is_dirty = holds or any(item.is_dirty for item in items)
        return self._assign(f"[{', '.join(parts)}]", may_be_undefined=False, is_dirty=is_dirty)

    def _emit_object(self, node: dict[str, Json], scope: _Scope, mode: Mode, *, shallow: bool = False) -> _Value:
        """An object's members; shallow: undefined stays on this level alone, for @merge, to which it counts."""
        name = self._fresh()
        self.line(f"{name} = {{}}")
        is_dirty = False
        for key in ordered_keys(node):
            value = self.emit(node[key], scope, mode)
            keep = mode == "raw" or shallow
            guard = "" if keep or not value.may_be_undefined else f"if {value.code} is not U: "
            self.line(f"{guard}{name}[{key!r}] = {value.code}")
            is_dirty |= value.is_dirty or (keep and not shallow and value.may_be_undefined)
        return _Value(name, may_be_undefined=False, is_dirty=is_dirty)

    def _cleaned(self, value: _Value, mode: Mode) -> _Value:
        """The value as the mode wants it, where a helper has built it."""
        if not value.is_dirty or mode == "raw":
            return value
        helper = "to_output" if mode == "output" else "without_undefined"
        return self._assign(f"{helper}({value.code})", may_be_undefined=value.may_be_undefined, is_dirty=mode == "kept")

    def _read(self, scope: _Scope, keys: Keys) -> _Value:
        """Follow a path, from as far as it has been followed before."""
        read, name = scope.longest(keys)
        for position in range(len(read), len(keys)):
            key, target = keys[position], self._fresh()
            if position == 0 and scope.is_object:
                self.line(f"{target} = {name}.get({key!r}, U)")
            else:
                self.line(f"{target} = {name}.get({key!r}, U) if type({name}) is dict else member({name}, {key!r})")
            name = target
            scope.known[-1][keys[: position + 1]] = name
        return _Value(name, may_be_undefined=bool(keys) or not scope.is_object, is_dirty=scope.is_dirty)

    def emit_path(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@path"""
        if isinstance(options, str):
            return self._cleaned(self._read(scope, split_path(strip_root(options))), mode)
        path = self.emit(options, scope, "raw")
        found = self._assign(f"get({scope.name}, strip_root(as_text({path.code}, '@path')))", is_dirty=scope.is_dirty)
        return self._cleaned(found, mode)

    def emit_template(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@template"""
        if not isinstance(options, str):
            template = self.emit(options, scope, "raw")
            text = f"render(as_text({template.code}, '@template'), {scope.name})"
            return self._assign(text, may_be_undefined=False)
        parts = split_template(options)
        if parts is None:  # its first pass may put placeholders in
            return self._assign(f"render({options!r}, {scope.name})", may_be_undefined=False)
        texts = [repr(text) if path is None else self._placeholder(path, scope) for text, path in parts]
        if len(texts) == 1:
            return self._assign(texts[0], may_be_undefined=False)
        return self._assign(f"''.join(({', '.join(texts)}))" if texts else "''", may_be_undefined=False)

    def _placeholder(self, path: str, scope: _Scope) -> str:
        value = self._read(scope, split_path(path))
        if value.code == scope.name:
            return f"placeholder_text({{}} if {value.code} is U else {value.code})"
        return f"{value.code} if type({value.code}) is str else placeholder_text({value.code})"

    def emit_literal(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@literal"""
        value = self.emit(options, scope, mode)
        if _is_name(value):
            return value
        return self._assign(value.code, may_be_undefined=False)

    def emit_if(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@if"""
        if not is_object(options):
            return self._fail('@if requires an object with an "exists" key')
        if not is_truthy(options.get("exists")) and not is_truthy(options.get("blank")):
            return self._fail('@if requires an "exists" key or a "blank" key')
        if "exists" in options:
            condition = self._exists(options["exists"], scope)
        else:
            condition = f"not is_blank({self.emit(options['blank'], scope, 'raw').code})"
        result = self._fresh()
        facts: list[_Value] = []
        self.line(f"if {condition}:")
        for name, is_there in (("then", "then" in options), ("else", is_truthy(options.get("else")))):
            with self._branch(scope):
                value = self.emit(options[name], scope, mode) if is_there else _UNDEFINED
                self.line(f"{result} = {value.code}")
            facts.append(value)
            if name == "then":
                self.line("else:")
        return _Value(result, any(v.may_be_undefined for v in facts), any(v.is_dirty for v in facts))

    def _exists(self, node: Json, scope: _Scope) -> str:
        value = self.emit(node, scope, "raw")
        if not _is_name(value):
            return str(value.code != "None")
        return f"{value.code} is not U and {value.code} is not None"

    def emit_case(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@case"""
        if not is_object(options):
            return self._fail('@case requires an object with a "operator" key')
        if not is_truthy(options.get("operator")):
            return self._fail('@case requires a "operator" key')
        if not is_truthy(options.get("value")):
            return _UNDEFINED
        value = self.emit(options["value"], scope, mode)
        operator = options["operator"] if isinstance(options["operator"], str) else ""
        return self._assign(f"change_case({value.code}, {operator!r})", is_dirty=value.is_dirty)

    def emit_replace(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@replace"""
        if not is_object(options):
            return self._fail('@replace requires an object with a "pattern" key')
        if not is_truthy(options.get("pattern")):
            return self._fail('@replace requires a "pattern" key')
        if not is_truthy(options.get("value")):
            return _UNDEFINED
        value = self.emit(options["value"], scope, "raw")
        pairs = tuple(tuple(_text_or_none(part) for part in pair) for pair in replacement_pairs(options))
        flags = [flag if isinstance(flag, bool) else None for flag in replacement_flags(options)]
        return self._assign(f"replace_all({value.code}, {pairs!r}, {flags[0]!r}, {flags[1]!r})", may_be_undefined=False)

    def emit_array_path(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@arrayPath"""
        if not is_array(options):
            return self._fail(f"@arrayPath expected array, got {type_of(options)}")
        shape = options[1] if len(options) > 1 else None
        has_shape = is_object(shape) and bool(shape)
        if not options:
            return _UNDEFINED
        if isinstance(options[0], str):
            root = self._read(scope, split_path(strip_root(options[0])))
        else:
            root = self.emit(options[0], scope, "raw")
        if not has_shape:
            return self._cleaned(root, mode)

        def item(inner: _Scope) -> _Value:
            value = self.emit(shape, inner, mode)
            if mode == "output" and value.may_be_undefined:
                return self._assign(f"None if {value.code} is U else {value.code}", may_be_undefined=False)
            return value

        function, shaped = self._function("item", item, is_dirty=root.is_dirty, is_object=False)
        is_dirty = shaped.is_dirty or (mode != "output" and shaped.may_be_undefined)
        return self._assign(f"each({root.code}, {function})", may_be_undefined=root.may_be_undefined, is_dirty=is_dirty)

    def emit_flatten(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@flatten"""
        if not is_object(options):
            return self._fail('@flatten requires an object with a "separator" key')
        if not is_truthy(options.get("separator")):
            return self._fail('@flatten requires a "separator" key')
        separator = self._assign(f"as_separator({self.emit(options['separator'], scope, 'raw').code})")
        value = self.emit(options["value"], scope, "raw") if "value" in options else _UNDEFINED
        flat = self._assign(
            f"flatten({value.code}, {separator.code}, {is_truthy(options.get('omitArrays'))})",
            may_be_undefined=False,
            is_dirty=value.may_be_undefined or value.is_dirty,
        )
        return self._cleaned(flat, mode)

    def emit_json(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@json"""
        if not is_object(options):
            return self._fail('@json requires an object with a "value" key')
        for name in ("mode", "value"):
            if not is_truthy(options.get(name)):
                return self._fail(f'@json requires a "{name}" key')
        if options["mode"] == "encode":
            # JSON drops undefined itself; only where there is none need the value be built for output.
            return self._assign(f"json_text({self.emit(options['value'], scope, 'output').code})")
        value = self.emit(options["value"], scope, mode)
        if options["mode"] == "decode":
            # A text can hold 1e400, which is infinite on the way and null in the output.
            decoded = self._assign(f"decode({value.code})", may_be_undefined=value.may_be_undefined, is_dirty=True)
            return self._cleaned(decoded, mode)
        return _UNDEFINED

    def emit_merge(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@merge"""
        if not is_object(options):
            return self._fail('@merge requires an object with an "objects" key and a "direction" key')
        if not is_truthy(options.get("direction")):
            return self._fail('@merge requires a "direction" key')
        direction = self.emit(options["direction"], scope, "raw")
        if not is_truthy(options.get("objects")):
            return self._fail('@merge requires a "objects" key')
        if not is_array(options["objects"]):
            return self._fail(f"@merge: expected opts.array, got {type_of(options['objects'])}")
        items: list[_Value] = []
        has_plain = False
        for node in options["objects"]:
            is_plain = is_object(node) and not is_directive(node)
            has_plain |= is_plain
            items.append(
                self._emit_object(node, scope, mode, shallow=mode != "raw")
                if is_plain
                else self.emit(node, scope, "raw")
            )
        listed = ", ".join(item.code for item in items)
        order = f"[::-1] if {direction.code} == 'left' else [{listed}]" if _is_name(direction) else ""
        if direction.code == "'left'":
            order = "[::-1]"
        merged = self._assign(f"merge([{listed}]{order})", may_be_undefined=False)
        if any(item.is_dirty for item in items):
            return self._cleaned(_Value(merged.code, False, True), mode)
        if has_plain and mode != "raw":
            return self._assign(f"drop_undefined({merged.code})", may_be_undefined=False)
        return merged

    def emit_transform(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@transform"""
        if not is_object(options):
            return self._fail('@transform requires an object with an "apply" key and a "mapping" key')
        for name in ("mapping", "apply"):
            if not is_truthy(options.get(name)):
                return self._fail(f'@transform requires a "{name}" key')
        if not is_object(options["apply"]):
            return self._fail('@transform "apply" key should be an object')
        if not scope.is_object:
            data = self._assign(f"as_data({scope.name})")
            scope = _Scope(data.code, scope.is_dirty, is_object=True)
        try:
            rooted = unwrap_root(options["apply"])
            check(rooted)
        except MappingError as error:
            self.line(f"raise refused({', '.join(map(repr, error.messages))})")
            return _UNDEFINED
        applied = self.emit_literal(rooted, scope, "kept")
        is_object_now = is_object(rooted) and not is_directive(rooted)
        inner = _Scope(applied.code, applied.is_dirty, is_object=is_object_now)
        return self.emit_literal(options["mapping"], inner, mode)

    def emit_exclude_when_null(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@excludeWhenNull"""
        value = self.emit(options, scope, "raw")
        return self._cleaned(self._assign(f"drop_nulls({value.code})", is_dirty=True), mode)

    def emit_liquid(self, options: Json, scope: _Scope, mode: Mode) -> _Value:
        """@liquid"""
        if not isinstance(options, str):
            return self._fail("liquid template value must be a string")
        return self._assign(f"render_liquid({options!r}, {scope.name})", may_be_undefined=False)


def _text_or_none(part: Json) -> str | None:
    return part if isinstance(part, str) else None


def _literal(value: Json) -> str:
    """Python text for a scalar; infinities and NaN, which JSON lacks and Python's reader gives, have no literal."""
    if isinstance(value, float) and not math.isfinite(value):
        return "(1e999 - 1e999)" if value != value else "1e999" if value > 0 else "-1e999"
    return repr(value)


def _is_constant(node: Json, depth: int) -> bool:
    """Whether nothing in it is a directive, and it fits in one expression."""
    if is_object(node):
        inner = list(node.values())
        return depth > 0 and not is_directive(node) and all(_is_constant(item, depth - 1) for item in inner)
    if is_array(node):
        return depth > 0 and all(_is_constant(item, depth - 1) for item in node)
    return not isinstance(node, float) or math.isfinite(node)


_DIRECTIVES: Final[dict[str, Callable[[_Emitter, Json, _Scope, Mode], _Value]]] = {
    "@arrayPath": _Emitter.emit_array_path,
    "@case": _Emitter.emit_case,
    "@excludeWhenNull": _Emitter.emit_exclude_when_null,
    "@flatten": _Emitter.emit_flatten,
    "@if": _Emitter.emit_if,
    "@json": _Emitter.emit_json,
    "@liquid": _Emitter.emit_liquid,
    "@literal": _Emitter.emit_literal,
    "@merge": _Emitter.emit_merge,
    "@path": _Emitter.emit_path,
    "@replace": _Emitter.emit_replace,
    "@template": _Emitter.emit_template,
    "@transform": _Emitter.emit_transform,
}
