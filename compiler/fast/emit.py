"""A program as Python from lines to lines: structs for what it reads and writes, and one function over all lines."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from ...dsl.source import NOWHERE
from .. import ir
from ..emit.writer import Names, Writer, in_words
from .body import Body
from .lines import Plan
from .needs import RAW, Need, NoPlan, needs_of
from .record import RecordEmitter
from .structs import NAMESPACE

Members: TypeAlias = tuple[tuple[str, bool], ...]  # (name, whether null is written)

_ESCAPED = re.compile(r'["\\\x00-\x1f\ud800-\udfff]')


def emit_plan(program: ir.Program) -> Plan | None:
    """The fast way of a program, or None where there is none: then the plain way runs it."""
    try:
        return _Module(program, needs_of(program)).emit()
    except NoPlan:
        return None


@dataclass(slots=True)
class _Module:
    program: ir.Program
    event: Need
    names: Names = field(default_factory=lambda: Names(set(NAMESPACE) | set(_LOCALS)))
    writer: Writer = field(default_factory=Writer)
    structs: dict[int, str] = field(default_factory=dict[int, str])
    attributes: dict[tuple[int, str], str] = field(default_factory=dict[tuple[int, str], str])
    objects: dict[tuple[Members, str], str] = field(default_factory=dict[tuple[Members, str], str])
    functions: list[Writer] = field(default_factory=list[Writer])

    # --- what bodies ask for

    def struct(self, need: Need) -> str:
        """The struct that holds what is read of an object."""
        return self.structs[id(need)]

    def attribute(self, need: Need, name: str) -> str:
        """The attribute of that struct for a member."""
        return self.attributes[id(need), name]

    def written(self, members: Members, hint: str) -> str:
        """The struct that is written as an object with these members."""
        if (members, hint) not in self.objects:
            _check_names(name for name, _ in members)
            name = _class_name(self.names.fresh(f"made_{hint}"))
            self.objects[members, hint] = name
            self._line(f"{name} = writes({name!r}, {list(members)!r})")
        return self.objects[members, hint]

    def shape(self, name: str) -> tuple[int, ir.Record]:
        """A shape: the variable it reads, and its record."""
        return next((var, record) for known, var, record in self.program.shapes if known == name)

    def record(self, body: Body, record: ir.Record, hint: str) -> str:
        """An expression that makes the struct of a record."""
        return RecordEmitter(body).emit(record, hint)

    def function(self, value: ir.Value, var: int, need: Need, hint: str) -> str:
        """A function that builds an object of an item."""
        name = self.names.fresh(f"{hint}_item")
        writer = Writer()
        writer.line("", value.span)
        writer.line("", value.span)
        with writer.block(f"def {name}(item, event, run):", value.span):
            roots = {ir.EVENT: ("event", self.event), var: ("item", need)}
            body = Body(self, writer, roots, {}, Names(self.names.taken | {"item", "event", "run"}))
            writer.line(f"return {body.value(value, hint).text}", value.span)
        self.functions.append(writer)
        return name

    # --- the module

    def emit(self) -> Plan:
        """Structs, functions, and the loop over the lines."""
        self._reads("event", self.event)
        self._line("decode = decoder(Event)")
        main = Writer()
        builds = [build for build in self.program.builds if build.trigger != ir.Always(False)]
        if not builds:
            raise NoPlan("nothing that fires")
        lines = {build.key: _class_name(self.names.fresh(f"line_{build.key}")) for build in builds}
        counts = {build.key: self.names.fresh(f"{build.key}_count") for build in builds}
        for build in builds:
            self._line(f"{lines[build.key]} = line_of({build.name!r})")
        self._loop(main, builds, lines, counts)
        writers = (self.writer, *self.functions, main)
        text = "\n".join(line for writer in writers for line in writer.lines) + "\n"
        return Plan(text, tuple(build.name for build in builds))

    def _line(self, text: str) -> None:
        self.writer.line(text, NOWHERE)

    def _reads(self, hint: str, need: Need) -> str:
        """The struct of an object, after those inside it."""
        local = Names({"default"})
        members: list[str] = []
        _check_names(need.members)
        for name, member in sorted(need.members.items()):
            kind = member.kind
            default = "UNSET"
            if member.members or member.items or kind is None:
                inner = self._reads(name, member)
                if kind is None and not member.items:
                    kind, default = f"object_of({inner})", f"NO_{inner.upper()}"
                kind = kind or f"list_of({inner})"
            attribute = local.fresh(name)
            self.attributes[id(need), name] = attribute
            members.append(f"({attribute!r}, {name!r}, {kind}, {default})")
        struct = "Event" if need is self.event else _class_name(self.names.fresh(f"read_{hint}"))
        self.structs[id(need)] = struct
        self._line(f"{struct} = reads({struct!r}, [{', '.join(members)}])")
        if need is not self.event:
            self._line(f"NO_{struct.upper()} = {struct}()")
            if need.kind == RAW:  # copied and read inside: its text is decoded once more
                self._line(f"decode_{struct.lower()} = decoder(object_of({struct}))")
        return struct

    def _loop(self, writer: Writer, builds: list[ir.Build], lines: dict[str, str], counts: dict[str, str]) -> None:
        block = writer.block

        def line(text: str) -> None:
            writer.line(text, NOWHERE)

        line("")
        line("")
        with block("def map_events(events, plain, run):", NOWHERE):
            line(f'"""Payloads of {in_words(self.program.title)}, a line each; how often each action fired."""')
            line("results = []")
            line("add = results.append")
            line(" = ".join([*counts.values(), "unmatched"]) + " = 0")
            with block("while True:", NOWHERE):
                with block("try:", NOWHERE):
                    with block("for event in events:", NOWHERE):
                        with block("if event is None:", NOWHERE):
                            line("raise ODD")
                        self._builds(writer, builds, lines, counts)
                    line(f"return results, ({''.join(f'{count}, ' for count in counts.values())}), unmatched")
                with block("except PLAIN:", NOWHERE):
                    line("plain(results)  # the event that was read last; then on")

    def _builds(self, writer: Writer, builds: list[ir.Build], lines: dict[str, str], counts: dict[str, str]) -> None:
        """Every payload first, then the adding: an event that is odd for one action leaves nothing behind."""
        names = Names(self.names.taken | set(counts.values()))
        body = Body(self, writer, {ir.EVENT: ("event", self.event)}, {}, names)
        for build in builds:
            body.hoist(build.trigger)
        alone = exclusive(builds)
        held: dict[str, str] = {}
        tests = [body.test(build.trigger) for build in builds]
        if tests == ["True"]:
            (build,) = builds
            self._add(writer, f"{lines[build.key]}({self.record(body, build.record, build.key)})", counts[build.key])
            return
        for at, (build, test) in enumerate(zip(builds, tests, strict=True)):
            span = build.span
            if not alone:
                held[build.key] = names.fresh(build.key)
                writer.line(f"{held[build.key]} = None", span)
            with writer.block(f"{'elif' if alone and at else 'if'} {test}:", span):
                text = f"{lines[build.key]}({self.record(body.inner(), build.record, build.key)})"
                if alone:
                    self._add(writer, text, counts[build.key])
                else:
                    writer.line(f"{held[build.key]} = {text}", span)
        if alone:
            with writer.block("else:", NOWHERE):
                writer.line("unmatched += 1", NOWHERE)
            return
        for key, name in held.items():
            with writer.block(f"if {name} is not None:", NOWHERE):
                self._add(writer, name, counts[key])
        with writer.block("if " + (" is ".join([*held.values(), "None"]) or "True") + ":", NOWHERE):
            writer.line("unmatched += 1", NOWHERE)

    def _add(self, writer: Writer, text: str, count: str) -> None:
        writer.line(f"add({text})", NOWHERE)
        writer.line(f"{count} += 1", NOWHERE)


_LOCALS = (
    "add", "bool", "decode", "dict", "event", "events", "float", "int", "item", "len", "list", "map", "map_events",
    "plain", "results", "run", "str", "type", "unmatched",
)  # fmt: skip


def exclusive(builds: list[ir.Build]) -> bool:
    """Whether at most one of the builds fires: each wants the same member to be one of other texts."""
    if len(builds) == 1:
        return True
    found = [_texts(build.trigger) for build in builds]
    reads = {read for read, _ in found}
    if None in reads or len(reads) > 1:
        return False
    texts = [text for _, wanted in found for text in wanted]
    return len(set(texts)) == len(texts)


def _texts(test: ir.Test) -> tuple[ir.Value | None, frozenset[object]]:
    """A member, and the texts that it has to be one of for a test to hold; _NO_TEXTS where there is no such member."""
    match test:
        case ir.Equal(ir.Read() as read, ir.Const(str() as text)):
            return read, frozenset({text})
        case ir.OneOf(ir.Read() as read, choices) if all(isinstance(choice, str) for choice in choices):
            return read, frozenset(choices)
        case ir.AnyOf(tests):
            found = [_texts(inner) for inner in tests]
            if len({read for read, _ in found}) == 1:
                return found[0][0], frozenset(text for _, texts in found for text in texts)
        case ir.AllOf(tests):
            return next((found for found in map(_texts, tests) if found != _NO_TEXTS), _NO_TEXTS)
        case _:
            pass
    return _NO_TEXTS


_NO_TEXTS: tuple[None, frozenset[object]] = None, frozenset()


def _class_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _check_names(members: Iterable[str]) -> None:
    """Names of a struct's members stand in the JSON as they are. Errors: NoPlan for one that has to be escaped."""
    if any(_ESCAPED.search(member) for member in members):
        raise NoPlan("a name that JSON escapes")
