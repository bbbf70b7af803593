"""Events to payloads: every event to each action whose trigger holds, everything counted, nothing lost."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple, Protocol

from ..compiler.fast.lines import LineMapper
from ..compiler.prelude import Rejected
from .codes import reason_of_all
from .events import MAX_LINE, Chunk, DeadLetter, Line, read_event, split_lines, to_line
from .json_text import Object, encode

MAX_REASONS = 1000  # told apart in a tally, which stays small whatever the events hold
OTHER_REASONS = (None, None, "", "other reasons")


class Action(Protocol):
    """One action of a destination, as far as running it needs."""

    @property
    def deliver(self) -> tuple[str, ...] | None: ...


class Destination(Protocol):
    """A compiled mapping, as far as running it needs."""

    @property
    def name(self) -> str: ...

    @property
    def settings(self) -> Mapping[str, object]: ...

    @property
    def actions(self) -> Mapping[str, Action]: ...

    @property
    def drops(self) -> Mapping[tuple[str, str], int]: ...

    def route(self, event: Object, /) -> list[tuple[str, Object | Rejected]]: ...


class Mapped(NamedTuple):
    """One payload, with the event that it comes from and that event's line."""

    line: int
    event: Object
    action: str
    payload: Object


@dataclass(slots=True)
class Tally:
    """What became of the events so far.

    Shape:  matched: how often each action's trigger held; rejected: (action, row, code, reason) -> events,
            action and row None where none is to blame; unmatched: events on which no trigger held
    """

    read: int = 0
    unmatched: int = 0
    payloads: int = 0
    matched: Counter[str] = field(default_factory=Counter[str])
    rejected: Counter[tuple[str | None, str | None, str, str]] = field(
        default_factory=Counter[tuple[str | None, str | None, str, str]]
    )

    def count_rejected(self, letter: DeadLetter) -> None:
        """Count a dead letter under its reason, without what the reason says of the single event."""
        reason = reason_of_all(letter.code, letter.reason)
        self.add_rejected({(letter.action, letter.row, str(letter.code), reason): 1})

    def add_rejected(self, more: Mapping[tuple[str | None, str | None, str, str], int]) -> None:
        """Count events under reasons, of which only so many are told apart."""
        for key, events in more.items():
            known = key in self.rejected or len(self.rejected) < MAX_REASONS
            self.rejected[key if known else OTHER_REASONS] += events


def map_line(destination: Destination, line: Line, tally: Tally) -> list[Mapped | DeadLetter]:
    """What one line becomes: a payload or a dead letter an action, in the actions' order."""
    tally.read += 1
    event = read_event(line)
    if isinstance(event, DeadLetter):
        tally.count_rejected(event)
        return [event]
    return map_event(destination, event, line.number, tally)


class Rejection(Protocol):
    """What a `Rejected` says: why an event has no payload, and which row is to blame."""

    @property
    def code(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def row(self) -> str | None: ...


def to_letter(line: int, action: str, event: Object, rejected: Rejection) -> DeadLetter:
    """The dead letter of an event that an action rejects."""
    return DeadLetter(line, action, rejected.row, rejected.code, rejected.reason, event=event)


def map_event(destination: Destination, event: Object, line: int, tally: Tally) -> list[Mapped | DeadLetter]:
    """What one event becomes: a payload or a dead letter an action, in the actions' order."""
    try:
        routed = destination.route(event)
    except Exception as error:
        error.add_note(f"while mapping line {line} with {destination.name}")
        raise
    if not routed:
        tally.unmatched += 1
    results: list[Mapped | DeadLetter] = []
    for action, result in routed:
        tally.matched[action] += 1
        if isinstance(result, Rejected):
            letter = to_letter(line, action, event, result)
            tally.count_rejected(letter)
            results.append(letter)
        else:
            tally.payloads += 1
            results.append(Mapped(line, event, action, result))
    return results


def map_chunks(destination: Destination, chunks: Iterable[Chunk], tally: Tally) -> Iterator[list[Mapped | DeadLetter]]:
    """What each line becomes, line by line."""
    for chunk in chunks:
        for line in split_lines(chunk):
            yield map_line(destination, line, tally)


def run(
    destination: Destination,
    chunks: Iterable[Chunk],
    output: BinaryIO,
    bury: Callable[[DeadLetter], None],
    tally: Tally,
    mapper: LineMapper | None = None,
) -> None:
    """Write a line `{"action": …, "payload": …}` a payload; hand every dead letter to `bury`.

    Shape:  after each chunk its lines are written and `tally` says how far it is; `mapper` is the fast way, where
        the destination has one
    """
    for chunk in chunks:
        lines, letters = map_chunk(destination, chunk, tally, mapper)
        output.write(lines)
        for letter in letters:
            bury(letter)


def map_chunk(
    destination: Destination, chunk: Chunk, tally: Tally, mapper: LineMapper | None
) -> tuple[bytes, list[DeadLetter]]:
    """The output's lines of a chunk, and its dead letters."""
    letters: list[DeadLetter] = []
    if mapper is None or chunk.cut or chunk.length > MAX_LINE:
        texts = [_map_line(destination, line, tally, letters) for line in split_lines(chunk)]
        return b"".join(texts), letters
    plain = _Plain(destination, chunk, tally, letters)
    text, counted = mapper.map_lines(chunk.lines, plain.map_line)
    tally.read += len(chunk.lines) - plain.taken
    tally.unmatched += counted.unmatched
    for action, payloads in counted.payloads:
        if payloads:
            tally.matched[action] += payloads
            tally.payloads += payloads
    return text, letters


def _map_line(destination: Destination, line: Line, tally: Tally, letters: list[DeadLetter]) -> bytes:
    texts: list[bytes] = []
    for result in map_line(destination, line, tally):
        if isinstance(result, DeadLetter):
            letters.append(result)
        else:
            texts.append(encode({"action": result.action, "payload": result.payload}) + b"\n")
    return b"".join(texts)


@dataclass(slots=True)
class _Plain:
    """The plain way for single lines of a chunk, asked for in their order."""

    destination: Destination
    chunk: Chunk
    tally: Tally
    letters: list[DeadLetter]
    taken: int = 0
    _number: int = 0
    _offset: int = 0

    def map_line(self, number: int) -> bytes:
        """The output of the line at this place of the chunk."""
        self._offset += sum(map(len, self.chunk.lines[self._number : number]))
        self._number = number
        self.taken += 1
        data = self.chunk.lines[number]
        if data.isspace():
            return b""
        line = to_line(data, self.chunk.line + number, self.chunk.offset + self._offset)
        return _map_line(self.destination, line, self.tally, self.letters)
