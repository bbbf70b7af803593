"""RudderStack's flat rows (`sourceKeys`, `destKey`, `metadata`) to a mapping, with a list of what it cannot carry.

Source: constructPayload and handleMetadataForValue of rudder-transformer. A value that is null, "" or no number in the
end is left out there, and a row that is required then fails the event.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ...dsl import nodes as n
from .importing import NoDefinition, legal_name

_ROW_KEYS: Final = ("sourceKeys", "destKey", "required", "metadata", "sourceFromGenericMap")
_METADATA_KEYS: Final = (
    "type", "typeFormat", "template", "defaultValue", "excludes", "multikeyMap", "strictMultiMap", "allowedKeyCheck",
)  # fmt: skip
_INDEX: Final = re.compile(r"(?:0|[1-9][0-9]{0,14})\Z")
_PLACEHOLDER: Final = re.compile(r"\{\{\{?\s*value\s*\}?\}\}")
_OPERATIONS: Final = {"multiplication": "multiply", "addition": "add"}


@dataclass(frozen=True, slots=True)
class Loss:
    """What a row says and the mapping does not: the row's `destKey`, and a sentence."""

    row: str
    message: str


def import_rows(
    rows: Sequence[n.Json], name: str, generic: Mapping[str, n.Json] | None = None
) -> tuple[n.Mapping, tuple[Loss, ...]]:
    """The mapping of RudderStack's rows: one action, without a trigger.

    Shape:  [{"sourceKeys": "a.b" | ["a", "b"] | {"operation", "args"}, "destKey": "x.y", "required", "metadata"}]
            `generic`: the source keys behind the names that `sourceFromGenericMap` rows use
    Errors: NoDefinition
    """
    reader = _Reader(generic or {})
    for row in rows:
        if not isinstance(row, dict):
            raise NoDefinition("a row of RudderStack's is no object")
        reader.read(row)
    action = n.Action(legal_name(name, ()), "", rows=tuple(reader.rows.values()))
    sections: tuple[n.Section, ...] = (*reader.tables.values(), action)
    return n.Mapping(n.Destination(action.name, name), sections), tuple(reader.losses)


@dataclass(slots=True)
class _Reader:
    generic: Mapping[str, n.Json]
    rows: dict[tuple[str, ...], n.Row] = field(default_factory=dict[tuple[str, ...], n.Row])
    tables: dict[str, n.LookupTable] = field(default_factory=dict[str, n.LookupTable])
    losses: list[Loss] = field(default_factory=list[Loss])
    row: str = ""

    def read(self, row: dict[str, n.Json]) -> None:
        """Add a row."""
        target = row.get("destKey")
        self.row = target if isinstance(target, str) else ""
        parts = tuple(self.row.split("."))
        if not all(parts):
            self._lose("a row without a `destKey` puts its members into the payload itself: add a row `*`")
            return
        if any(_INDEX.match(part) or "[" in part for part in parts):
            self._lose("a field has no index: build the list with `[…]` in one row")
            return
        for key in row.keys() - set(_ROW_KEYS):
            self._lose(f"there is no `{key}` in a row")
        value = self._source(row)
        metadata = row.get("metadata")
        kind = "any"
        if value is not None:
            value, kind = self._shaped(value, metadata if isinstance(metadata, dict) else {})
            value = _present(value)
        self._add(parts, value, n.FieldType(n.NamedType(kind), row.get("required") is True))

    def _lose(self, message: str) -> None:
        self.losses.append(Loss(self.row, message))

    def _add(self, parts: tuple[str, ...], value: n.Expr | None, kind: n.FieldType) -> None:
        before = self.rows.get(parts)
        if before is not None and before.type is not None and before.source is not None and value is not None:
            if before.type.required != kind.required:
                self._lose("the field is there twice, and only one of the rows requires it")
            value = _present(value, before.source)  # the later row wins where it has a value
        self.rows[parts] = n.Row(n.FieldName(parts), kind, value)

    # --- where a value comes from

    def _source(self, row: dict[str, n.Json]) -> n.Expr | None:
        keys = row.get("sourceKeys")
        if row.get("sourceFromGenericMap") is True:
            if not isinstance(keys, str) or keys not in self.generic:
                self._lose(f"`{keys}` is a name of the generic map, which was not given")
                return None
            keys = self.generic[keys]
        if isinstance(keys, list) and keys:
            found = [value for value in map(self._one, keys) if value is not None]
            return _present(*found) if found else None
        return self._one(keys)

    def _one(self, key: n.Json) -> n.Expr | None:
        """A path, or an operation on several."""
        match key:
            case str() if key:
                return _path(key)
            case {"operation": str(operation), "args": list(arguments)} if operation in _OPERATIONS:
                values = [self._argument(argument) for argument in arguments]
                found = tuple(value for value in values if value is not None)
                return n.Call(_OPERATIONS[operation], found) if len(found) > 1 else None
            case _:
                self._lose(f"the source `{key}` is none that RudderStack documents")
                return None

    def _argument(self, argument: n.Json) -> n.Expr | None:
        if not isinstance(argument, dict):
            return None
        value = self._one(argument.get("sourceKeys"))
        default = argument.get("defaultVal")
        if value is None or default is None or isinstance(default, dict | list):
            return value
        return _present(value, n.Literal(default))

    # --- what becomes of it

    def _shaped(self, value: n.Expr, metadata: dict[str, n.Json]) -> tuple[n.Expr, str]:
        """The value as `metadata` wants it, and its type."""
        for key in metadata.keys() - set(_METADATA_KEYS):
            self._lose(f"there is no `{key}` of metadata")
        types = metadata.get("type")
        shaped, kind = value, "any"
        for word in types if isinstance(types, list) else [types] if types else []:
            shaped, kind = self._typed(shaped, word, metadata.get("typeFormat"), kind)
        if metadata.get("template"):
            shaped, kind = self._template(value, metadata["template"], shaped), "string"
        excludes = metadata.get("excludes")
        if isinstance(excludes, list) and excludes:
            shaped = n.Call("omit", (shaped, *(n.Literal(str(key)) for key in excludes)))
        for key in ("multikeyMap", "strictMultiMap"):
            if key in metadata:
                shaped, kind = self._lookup(shaped, metadata[key], strict=key == "strictMultiMap"), "any"
        if "allowedKeyCheck" in metadata:
            shaped = self._allowed(shaped, metadata["allowedKeyCheck"])
        default = metadata.get("defaultValue")
        if default and not isinstance(default, dict | list):  # a false one does nothing there
            if shaped is value:
                return n.Coalesce((value, n.Literal(default))), "any"
            return n.If(n.Test("exists", (value,)), shaped, n.Literal(default)), "any"
        if default:
            self._lose("a default that is an object or a list is not carried over")
        return shaped, kind

    def _typed(self, value: n.Expr, word: n.Json, form: n.Json, kind: str) -> tuple[n.Expr, str]:
        if word == "timestamp" and isinstance(form, str) and form:
            return n.Call("date", (value, n.Literal(form))), "string"
        found = _TYPES.get(str(word))
        if found is None:
            self._lose(f"the type `{word}` is not carried over")
            return value, kind
        make, kind, remark = found
        if remark:
            self._lose(remark)
        return make(value), kind

    def _template(self, value: n.Expr, template: n.Json, shaped: n.Expr) -> n.Expr:
        """Handlebars with `{{value}}`: the value before any type."""
        text = str(template).strip()
        rest = _PLACEHOLDER.sub("", text)
        if not isinstance(template, str) or "{{" in rest or not _PLACEHOLDER.search(text):
            self._lose(f"the template {text!r} is not carried over")
            return shaped
        path = value if isinstance(value, n.Path) else _path("value")
        pieces = _PLACEHOLDER.split(text)
        parts = [part for piece in pieces for part in (path, piece)][1:]
        filled = n.Template(tuple(part for part in parts if part != ""))
        body = n.If(n.Test("exists", (path,)), filled)
        return body if path is value else n.Pipe(n.Object((n.Member("value", value),)), body)

    def _lookup(self, value: n.Expr, entries: n.Json, *, strict: bool) -> n.Expr:
        rows: list[n.LookupRow] = []
        for entry in entries if isinstance(entries, list) else []:
            match entry:
                case {"sourceVal": list(keys), "destVal": str() | int() | float() as target} if keys:
                    scalars = [key for key in keys if not isinstance(key, dict | list)]
                    rows.append(n.LookupRow(tuple(n.Literal(key) for key in scalars), n.Literal(target)))
                case _:
                    self._lose("an entry of a lookup is not carried over: it wants `sourceVal` and `destVal`")
        if not rows:
            return value
        if strict:
            self._lose("a value that the lookup lacks fails the event there; here the field is left out")
        name = legal_name(f"{self.row.rsplit('.', 1)[-1]}_values", self.tables)
        self.tables[name] = n.LookupTable(name, tuple(rows))
        return n.Call("lookup", (value, n.Ref(name)))

    def _allowed(self, value: n.Expr, checks: n.Json) -> n.Expr:
        choices: list[n.Literal] = []
        for check in checks if isinstance(checks, list) else []:
            match check:
                case {"sourceVal": list(allowed)}:
                    choices += [n.Literal(item) for item in allowed if not isinstance(item, dict | list)]
                    case_of = {"toLowerCase": "lower", "toUpperCase": "upper"}.get(str(check.get("type")))
                    if case_of is not None and len(choices) == len(allowed):
                        value = n.Call(case_of, (value,))
                    elif case_of is not None:
                        self._lose("a case that only some of the allowed values want is not carried over")
                case _:
                    self._lose("an entry of `allowedKeyCheck` is not carried over: it wants a list `sourceVal`")
        return n.If(n.In(value, tuple(choices)), value) if choices else value


def _path(key: str) -> n.Path:
    """`a.b.0` as a path: in RudderStack's keys a number is an index."""
    steps = (
        n.IndexSelector(int(part), dotted=True) if _INDEX.match(part) else n.NameSelector(part)
        for part in key.split(".")
    )
    return n.Path("$", tuple(n.Segment((step,)) for step in steps))


def _present(*values: n.Expr) -> n.Expr:
    """The first that is not nothing, null or empty."""
    flat: list[n.Expr] = []
    for value in values:
        flat += value.arguments if isinstance(value, n.Call) and value.name == "first_present" else (value,)
    return n.Call("first_present", tuple(flat))


def _call(name: str, *rest: n.Scalar, **options: n.Scalar) -> Callable[[n.Expr], n.Expr]:
    literals = tuple(n.Literal(value) for value in rest)
    named = tuple(n.Option(key, n.Literal(value)) for key, value in options.items())
    return lambda value: n.Call(name, (value, *literals), named)


def _of_text(name: str, *rest: n.Scalar, **options: n.Scalar) -> Callable[[n.Expr], n.Expr]:
    make = _call(name, *rest, **options)
    return lambda value: make(n.Call("text", (value,)))


def _is_boolean(value: n.Expr) -> n.Expr:
    """true of true and, as there, of false; false of anything else that is something."""
    told = n.If(n.In(value, (n.Literal(True), n.Literal(False))), n.Literal(True), n.Literal(False))
    return n.If(n.Test("exists", (value,)), told)


def _without_scheme(value: n.Expr) -> n.Expr:
    once = {"global": False}
    return _call("replace", "http://", "", **once)(_call("replace", "https://", "", **once)(value))


def _revenue(value: n.Expr) -> n.Expr:
    plain = n.Call("number", (_of_text("replace", "$", "", **{"global": False})(value),))
    return n.Call("round", (plain, n.Literal(2)))


def _day_of_birth(value: n.Expr) -> n.Expr:
    return _call("replace", "-", "/", **{"global": False})(_of_text("slice", 5)(value))


# a type of metadata -> what it does, the field's type, and what is not the same
_TYPES: Final[Mapping[str, tuple[Callable[[n.Expr], n.Expr], str, str]]] = {
    "timestamp": (_call("epoch", unit="ms"), "integer", ""),
    "secondTimestamp": (_call("epoch", unit="s"), "integer", "a text of digits passes as it is there, as an epoch"),
    "microSecondTimestamp": (_call("epoch", unit="us"), "integer", ""),
    "flatJson": (_call("flatten", "."), "object", "the items of lists are called `a[0]` there and `a.0` here"),
    "jsonStringify": (_call("to_json"), "string", ""),
    "jsonStringifyOnFlatten": (
        lambda value: n.Call("to_json", (_call("flatten", ".")(value),)),
        "string",
        "the items of lists are called `a[0]` there and `a.0` here",
    ),
    "dobInMMDD": (_day_of_birth, "string", ""),
    "numberForRevenue": (_revenue, "number", "a revenue that is no number fails the event there; here it is left out"),
    "toString": (_call("text"), "string", "an object or list becomes a text there; here it is left out"),
    "toNumber": (_call("number"), "number", ""),
    "toFloat": (_call("number"), "number", "a text that only begins with a number is one there"),
    "toInt": (_call("integer"), "integer", "a text that only begins with a number is one there"),
    "toLower": (_of_text("lower"), "string", ""),
    "trim": (_call("trim"), "any", "what is no text passes untrimmed there; here it is left out"),
    "hashToSha256": (_of_text("sha256"), "string", "`integrations.….hashed` keeps a hashed value as it is there"),
    "IsBoolean": (_is_boolean, "boolean", ""),
    "IsArray": (lambda value: value, "array", ""),
    "domainUrl": (_without_scheme, "string", ""),
}
