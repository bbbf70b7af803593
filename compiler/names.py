"""Every name that a mapping uses means something: the diagnostics where one does not."""

import json
from collections.abc import Iterator

from ..dsl import nodes as n
from ..dsl.build import TESTS
from ..dsl.diagnostics import Diagnostic
from ..dsl.spelling import did_you_mean, nearest, slip_of
from ..dsl.type_names import OTHER_NAMES, TYPES
from ..dsl.walk import children, walk
from .functions import FUNCTIONS, Function
from .resolved import Resolved
from .schema_names import COMMON_FIELDS

MOST_DIGITS = 15  # a number has no more decimals that mean something
_OTHER_WAYS = {
    **dict.fromkeys(("concat", "concatenate", "format"), 'a text has placeholders: `"{{first_name}} {{last_name}}"`'),
    **dict.fromkeys(("coalesce", "default", "ifnull", "nvl"), "the first that is there: `X ?? Y`"),
    **dict.fromkeys(("len", "length", "size"), "`count(…)` counts the items of a list"),
    **dict.fromkeys(("iff", "ternary"), "a choice is `if C then X else Y`"),
}
_OTHER_NAMES = {
    "substr": "slice", "substring": "slice", "tolower": "lower",
    "lowercase": "lower", "toupper": "upper", "uppercase": "upper", "strip": "trim", "str": "text", "string": "text",
    "int": "integer", "float": "number", "parse_json": "from_json", "stringify": "to_json",
}  # fmt: skip
_OTHER_TYPES = OTHER_NAMES | {
    "char": "string", "varchar": "string", "long": "integer", "time": "datetime", "url": "uri", "map": "object",
    "dict": "object", "json": "object", "list": "array",
}  # fmt: skip
BOUNDED = ("string", "number", "integer", "array", "secret")


def check_names(resolved: Resolved) -> Iterator[Diagnostic]:
    """What is wrong with the names of a resolved mapping."""
    for setting in resolved.settings:
        yield from _check_type(resolved, setting.type)
    for row in _rows(resolved):
        if row.type is not None:
            yield from _check_type(resolved, row.type)
        if row.source is not None:
            yield from _check_expr(resolved, row.source)
    for let in resolved.lets.values():
        yield from _check_expr(resolved, let.value)
    for section in resolved.mapping.sections:
        if isinstance(section, n.Action | n.Preset) and section.when is not None:
            yield from _check_condition(resolved, section.when)
        if isinstance(section, n.Action) and section.for_each is not None:
            yield from _check_expr(resolved, section.for_each)
    for law in resolved.laws:
        yield from _check_condition(resolved, law.condition)
    yield from _check_tests(resolved)
    yield from _check_cycles(resolved)


def _rows(resolved: Resolved) -> Iterator[n.Row]:
    """Every row as it was written, once."""
    own = (s for s in resolved.mapping.sections if isinstance(s, n.Action | n.Preset))
    for section in (*own, *resolved.shapes.values(), *resolved.rows.values()):
        yield from section.rows


def _check_type(resolved: Resolved, kind: n.FieldType) -> Iterator[Diagnostic]:
    if not isinstance(kind.required, bool):
        yield from _check_condition(resolved, kind.required)
    for node in walk(kind.value):
        if not isinstance(node, n.NamedType):
            continue
        shape = resolved.shapes.get(node.name)
        if node.name not in TYPES and shape is None:
            if node.name in resolved.broken:
                continue
            hint = _other_type(node.name) or did_you_mean(node.name, (*TYPES, *resolved.shapes))
            hint = hint or "types are " + ", ".join(TYPES)
            yield resolved.diagnostic("E103", f"there is no type `{node.name}`", node.span, hint)
        elif shape is not None and shape.sources:
            hint = f"the type is `object`; the source goes through it: `$.x -> {node.name}`"
            yield resolved.diagnostic("E103", f"shape `{node.name}` is a mapping, not a type", node.span, hint)
        elif (node.low is not None or node.high is not None) and node.name not in BOUNDED:
            hint = "bounds go with " + ", ".join(BOUNDED)
            yield resolved.diagnostic("E115", f"`{node.name}` takes no bounds", node.span, hint)


def _other_type(name: str) -> str:
    """What a type of other languages is called here; "" where it is none."""
    if name.lower() == "enum":
        return 'a choice is written out: `"a" or "b"`'
    return f"here it is `{_OTHER_TYPES[name.lower()]}`" if name.lower() in _OTHER_TYPES else ""


def _check_condition(resolved: Resolved, condition: n.Condition) -> Iterator[Diagnostic]:
    """Bare names are fields here, so only what stands in calls and settings is looked up."""
    for node in walk(condition):
        match node:
            case n.Setting():
                yield from _check_setting(resolved, node)
            case n.Call():
                yield from _check_call(resolved, node)
            case n.Ref():
                hint = did_you_mean(node.name, resolved.tables)
                if node.name not in resolved.tables:
                    yield resolved.diagnostic("E106", f"nothing is named `{node.name}`", node.span, hint)
            case _:
                pass


def _check_expr(resolved: Resolved, expr: n.Node, *, body: bool = False) -> Iterator[Diagnostic]:
    match expr:
        case n.Ref():
            yield from _check_ref(resolved, expr, body)
            return
        case n.Setting():
            yield from _check_setting(resolved, expr)
            return
        case n.Path(root="") if expr.segments:
            text = resolved.sources[expr.span.file].text[expr.span.start : expr.span.end]
            hint = f"a path begins with `$.`: write `$.{text}`"
            yield resolved.diagnostic("E113", f"`{text}` is no path", expr.span, hint)
            return
        case n.If():
            yield from _check_condition(resolved, expr.condition)
            yield from _check_expr(resolved, expr.then)
            if expr.otherwise is not None:
                yield from _check_expr(resolved, expr.otherwise)
            return
        case n.Each(first, last) | n.Pipe(first, last):
            yield from _check_expr(resolved, first)
            yield from _check_expr(resolved, last, body=True)
            return
        case n.Directive(text):
            yield from _check_directive(resolved, expr, text)
            return
        case n.Call():
            yield from _check_call(resolved, expr)
            texts = FUNCTIONS[expr.name].texts if expr.name in FUNCTIONS else ()
            for at, argument in enumerate(expr.arguments[: 1 if expr.name == "lookup" else None]):
                if not (at in texts and isinstance(argument, n.Ref)):  # a text without its quotes: said of the call
                    yield from _check_expr(resolved, argument)
            return
        case _:
            for child in children(expr):
                if not isinstance(child, n.FilterSelector):
                    yield from _check_expr(resolved, child)


def _check_ref(resolved: Resolved, ref: n.Ref, body: bool) -> Iterator[Diagnostic]:
    shape = resolved.shapes.get(ref.name)
    if ref.name in resolved.broken or ref.name in resolved.lets:
        return
    if shape is not None:
        if not body:
            hint = f"a shape stands after an arrow: `$.x -> {ref.name}`"
            yield resolved.diagnostic("E106", f"`{ref.name}` is a shape, not a value", ref.span, hint)
        elif not shape.sources:
            hint = "give its rows a `source` column"
            yield resolved.diagnostic("E103", f"shape `{ref.name}` is a type: it maps nothing", ref.span, hint)
        return
    known = (*resolved.lets, *resolved.shapes) if body else tuple(resolved.lets)
    hint = f"write `$.{ref.name}`" if ref.name in COMMON_FIELDS else did_you_mean(ref.name, known)
    field = None if hint or ref.name in FUNCTIONS else slip_of(ref.name, COMMON_FIELDS)
    if field is not None:
        hint = f"did you mean `$.{field}`?"
    elif not hint and ref.name in FUNCTIONS:
        hint = f"it is a function: write `{ref.name}({'…' if FUNCTIONS[ref.name].low else ''})`"
    hint = hint or f'a path begins with `$.`, a text stands in quotes: `$.{ref.name}` or `"{ref.name}"`'
    yield resolved.diagnostic("E106", f"nothing is named `{ref.name}`", ref.span, hint)


def _check_directive(resolved: Resolved, directive: n.Directive, text: str) -> Iterator[Diagnostic]:
    from .segment import MappingError, compile_directives  # only a mapping with directives pays for this import

    try:
        compile_directives({"value": json.loads(text)})
    except MappingError as error:
        message = error.messages[0].removeprefix("/value").strip(" .") if error.messages else str(error)
        hint = "directives are @path, @template, @if, @arrayPath, @merge, …; a key of an object does not begin with `@`"
        yield resolved.diagnostic("E117", f"a directive that means nothing: {message}", directive.span, hint)


def _check_setting(resolved: Resolved, setting: n.Setting) -> Iterator[Diagnostic]:
    names = [row.name for row in resolved.settings]
    if setting.name not in names and setting.name not in resolved.broken:
        hint = did_you_mean(setting.name, names) or "the settings table has no such row"
        yield resolved.diagnostic("E105", f"there is no setting `{setting.name}`", setting.span, hint)


def _check_call(resolved: Resolved, call: n.Call) -> Iterator[Diagnostic]:
    function = FUNCTIONS.get(call.name)
    if function is None:
        hint = (
            _called(call.name) or did_you_mean(call.name, FUNCTIONS) or "functions are " + ", ".join(sorted(FUNCTIONS))
        )
        yield resolved.diagnostic("E104", f"there is no function `{call.name}`", call.span, hint)
        return
    count = len(call.arguments)
    if count < function.low or (function.high is not None and count > function.high):
        yield resolved.diagnostic("E110", f"`{call.name}` takes {_arity(function)}, not {count}", call.span)
        return
    yield from _check_literals(resolved, call, function)
    yield from _check_options(resolved, call, function)
    if call.name == "lookup":
        yield from _check_lookup(resolved, call)


def _called(name: str) -> str:
    """What something is in this language that people know as a function of another one; "" where it is none."""
    if name in TESTS:
        return f"`{name}(…)` is a condition: `if {name}(…) then X else Y`"
    if name in _OTHER_NAMES:
        return f"here it is `{_OTHER_NAMES[name]}(…)`"
    return _OTHER_WAYS.get(name, "")


def _check_literals(resolved: Resolved, call: n.Call, function: Function) -> Iterator[Diagnostic]:
    """Arguments that are known before any event comes: no function meets one of another kind at run time."""
    for at, argument in enumerate(call.arguments):
        value = argument.value if isinstance(argument, n.Literal) else None
        place = f"argument {at + 1} of `{call.name}`"
        if at in function.texts and not isinstance(value, str):
            yield resolved.diagnostic("E110", f"{place} has to be a literal text", argument.span, _quoted(argument))
        elif at in function.wholes and type(value) is not int:
            yield resolved.diagnostic("E110", f"{place} has to be a literal whole number", argument.span, "such as `2`")
        elif call.name == "round" and at == 1 and isinstance(value, int) and not 0 <= value <= MOST_DIGITS:
            message = f"`round` leaves 0 to {MOST_DIGITS} decimals"
            yield resolved.diagnostic("E110", message, argument.span)
        elif call.name == "date" and at == 1 and value == "":
            yield resolved.diagnostic("E110", "this form of a date is empty", argument.span, '"YYYY-MM-DD"')


def _quoted(argument: n.Node) -> str:
    """How a literal text is written, with the word that stands there bare."""
    match argument:
        case n.Template():
            return "a bare `{{` is written `{{{{`"
        case n.Ref(name):
            return f'write `"{name}"`'
        case _:
            return 'such as `"a"`'


def _arity(function: Function) -> str:
    low, high = function.low, function.high
    if high is None:
        return f"{low} or more arguments"
    return f"{low} argument{'s' * (low != 1)}" if low == high else f"{low} to {high} arguments"


def _check_options(resolved: Resolved, call: n.Call, function: Function) -> Iterator[Diagnostic]:
    known = {option.name: option for option in function.options}
    for option in call.options:
        if option.name not in known:
            hint = did_you_mean(option.name, known) or (f"options are {', '.join(known)}" if known else "")
            yield resolved.diagnostic("E110", f"`{call.name}` has no option `{option.name}`", option.span, hint)
            continue
        values = known[option.name].values
        if isinstance(values, str):
            continue
        given = option.value.value if isinstance(option.value, n.Literal) else None
        if not any(given is value or (isinstance(given, str) and given == value) for value in values):
            allowed = ", ".join("true" if v is True else "false" if v is False else f'"{v}"' for v in values)
            message = f"`{option.name}` has one of the values {allowed}"
            near = nearest(given, [v for v in values if isinstance(v, str)]) if isinstance(given, str) else None
            yield resolved.diagnostic("E110", message, option.value.span, f'did you mean "{near}"?' if near else "")


def _check_lookup(resolved: Resolved, call: n.Call) -> Iterator[Diagnostic]:
    table = call.arguments[1]
    name = table.name if isinstance(table, n.Ref) else ""
    if name not in resolved.tables and name not in resolved.broken:
        hint = did_you_mean(name, resolved.tables) or "name a `table` section"
        yield resolved.diagnostic("E107", f"there is no table `{name}`", table.span, hint)


def _check_tests(resolved: Resolved) -> Iterator[Diagnostic]:
    names = {action.name for action in resolved.actions}
    named = [e.action for example in resolved.examples for e in example.expects]
    for name in (*named, *(law.action for law in resolved.laws)):
        if name is not None and name.name not in names:
            hint = did_you_mean(name.name, names)
            yield resolved.diagnostic("E101", f"there is no action `{name.name}`", name.span, hint)


def _check_cycles(resolved: Resolved) -> Iterator[Diagnostic]:
    """A let or shape that needs itself would never end."""
    uses: dict[str, set[str]] = {}
    for name, node in (*resolved.lets.items(), *resolved.shapes.items()):
        uses[name] = {n_.name for n_ in walk(node) if isinstance(n_, n.Ref | n.NamedType)}
    for name, node in (*resolved.lets.items(), *resolved.shapes.items()):
        if isinstance(node, n.Shape) and not node.sources:
            continue  # a type may hold itself: values end
        todo, seen = list(uses[name]), set[str]()
        while todo:
            used = todo.pop()
            if used == name:
                yield resolved.diagnostic("E112", f"`{name}` needs itself", node.span, "take the circle apart")
                break
            if used not in seen:
                seen.add(used)
                todo += uses.get(used, ())
