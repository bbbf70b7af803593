"""The switches of the stand-in and its script, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args, get_origin, get_type_hints

import msgspec

from ..json_text import Json

Fault = Literal["none", "reset_before_reading", "reset_after_storing", "half_response", "stall", "bad_tls_name"]
FOREVER = float("inf")


class KnobError(ValueError):
    """A switch or a script that the stand-in does not have; the text says which and what it takes."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` in any `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the stand-in lets through over time; None leaves a scope free.

    Units: `single` counts lone requests for each identity of an app, `identity` and `app` items in bulk
    """

    single: Limit | None = None
    identity: Limit | None = None
    app: Limit | None = None


PUBLISHED = Limits(single=Limit(30, 30), identity=Limit(1_000, 60), app=Limit(15_000, 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """How the stand-in behaves; each default is the likeliest Heap.

    Shape: `dedupe` is "forever", "window:SECONDS" or "off"; `limits` is "published", "off" or numbers;
           `apps` are the app ids that `unknown_app="400"` knows
    """

    bad_event: Literal["reject_batch", "drop_silently", "accept"] = "reject_batch"
    success: Literal["200_empty", "200_json", "204"] = "200_json"
    unknown_app: Literal["accept", "400"] = "accept"
    apps: tuple[str, ...] = ()
    dedupe: str = "forever"
    limits: Literal["published", "off"] | Limits = "off"
    limit_reply: Literal["429", "429_retry_after", "200_drop", "503"] = "429_retry_after"
    fault: Fault = "none"
    stall_seconds: float = 30.0

    def __post_init__(self) -> None:
        _ = self.memory

    @property
    def memory(self) -> float:
        """For how many seconds an idempotency key is remembered."""
        match self.dedupe.partition(":"):
            case ("forever", "", ""):
                return FOREVER
            case ("off", "", ""):
                return 0.0
            case ("window", ":", seconds) if seconds.replace(".", "", 1).isdigit():
                return float(seconds)
            case _:
                raise KnobError(f"dedupe is {self.dedupe!r}: it takes forever, off or window:SECONDS")

    @property
    def in_force(self) -> Limits:
        """The limits as numbers."""
        match self.limits:
            case "off":
                return Limits()
            case "published":
                return PUBLISHED
            case limits:
                return limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one request meets instead of the ordinary reply.

    Shape: `status` None is the ordinary reply; a 2xx stores, any other stores nothing; `drop` is a 200 that
           stores nothing; `retry_after` is that header as it stands; `delay` in seconds, before the reply
    """

    status: int | None = None
    delay: float = 0.0
    fault: Fault = "none"
    retry_after: str | None = None
    body: str | None = None
    drop: bool = False


ORDINARY = Step()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Steps to come: the next requests in order, requests by number, requests that carry a key.

    Shape: `next` is used up front to back; a number counts requests from 1 since the start or the last reset;
           a key's steps are used one for each request that carries that idempotency key
    """

    next: tuple[Step, ...] = ()
    numbered: Mapping[int, Step] = field(default_factory=dict[int, Step])
    keys: Mapping[str, tuple[Step, ...]] = field(default_factory=dict[str, tuple[Step, ...]])


def parse_knobs(values: Json, base: Knobs | None = None) -> Knobs:
    """Turn a JSON object of switches into Knobs, what it leaves out taken from `base`.

    Errors: KnobError names the switch and what it takes
    """
    if not isinstance(values, dict):
        raise KnobError("switches are an object, a name and a value each")
    known = Knobs.__dataclass_fields__
    for name in values:
        if name not in known:
            raise KnobError(f"no switch {name!r}: the stand-in has {', '.join(known)}")
    before = {name: getattr(base or Knobs(), name) for name in known}
    try:
        return msgspec.convert({**before, **values}, Knobs)
    except (msgspec.ValidationError, ValueError) as error:
        name = next((name for name in values if str(error).endswith(f"at `$.{name}`")), None)
        words = _words(name) if name else []
        said = f"{name} is one of {', '.join(words)}" if words else str(error)
        raise KnobError(said) from error


def _words(name: str) -> list[str]:
    """The words that a switch takes; none where it takes something else, too, that a word cannot say."""
    kind = get_type_hints(Knobs)[name]
    kinds = (kind, *get_args(kind))
    return [word for each in kinds if get_origin(each) is Literal for word in get_args(each)]


def parse_script(value: Json) -> Script:
    """Turn a script's JSON into a Script.

    Shape:  {"requests": [STEP, …] or {"3": STEP}, "keys": {"m1": [STEP, …]}}; a STEP is a status, the name
            of a fault, "ok", "drop", or an object of Step's fields
    Errors: KnobError
    """
    if not isinstance(value, dict) or not value.keys() <= {"requests", "keys", "knobs"}:
        raise KnobError('a script is an object with "requests", "keys" or "knobs"')
    requests, keys = value.get("requests", []), value.get("keys", {})
    if not isinstance(keys, dict) or not all(isinstance(steps, list) for steps in keys.values()):
        raise KnobError('"keys" is an object: a list of steps for each key')
    by_key = {key: _parse_steps(steps) for key, steps in keys.items()}
    match requests:
        case list():
            return Script(next=_parse_steps(requests), keys=by_key)
        case dict() if all(number.isdigit() for number in requests):
            return Script(numbered={int(n): _parse_step(s) for n, s in requests.items()}, keys=by_key)
        case _:
            raise KnobError('"requests" is a list of steps, or an object of steps by request number')


def _parse_steps(steps: Json) -> tuple[Step, ...]:
    return tuple(map(_parse_step, steps)) if isinstance(steps, list) else ()


def _parse_step(step: Json) -> Step:
    match step:
        case "ok":
            return ORDINARY
        case "drop":
            return Step(drop=True)
        case str():
            step = {"fault": step}
        case int():
            step = {"status": step}
        case _:
            pass
    try:
        return msgspec.convert(step, Step)
    except msgspec.ValidationError as error:
        raise KnobError(f"a step: {error}") from error
