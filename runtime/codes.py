"""The codes of what goes wrong with events outside a mapping's own rules."""

from enum import StrEnum


class EventCode(StrEnum):
    """E21x: a line that holds no event. E22x: a payload that Heap would not take."""

    NO_JSON = "E210"
    NO_OBJECT = "E211"
    NO_UTF8 = "E212"
    TOO_DEEP = "E213"
    NUMBER_RANGE = "E214"
    HALF_SURROGATE = "E215"
    TOO_LONG = "E216"
    NO_ID = "E220"
    PLACEHOLDER_ID = "E221"
    LONG_ID = "E222"
    NO_TEXT_ID = "E223"
    EVENT_SIZE = "E224"


# What a summary calls them: one text a code, whatever the single event's reason adds.
TITLES: dict[str, str] = {
    EventCode.NO_JSON: "the line is no JSON",
    EventCode.NO_OBJECT: "the line is JSON, but no object",
    EventCode.NO_UTF8: "the line is no UTF-8 text",
    EventCode.TOO_DEEP: "the event is nested too deep",
    EventCode.NUMBER_RANGE: "a number is too large",
    EventCode.HALF_SURROGATE: "a text holds half a surrogate pair",
    EventCode.TOO_LONG: "the line is too long",
    EventCode.NO_ID: "no identity and no anonymous id",
    EventCode.PLACEHOLDER_ID: "the identity is a placeholder",
    EventCode.LONG_ID: "the identity is too long",
    EventCode.NO_TEXT_ID: "an id is neither a text nor a number",
    EventCode.EVENT_SIZE: "the event is too large for Heap",
}


def reason_of_all(code: str, reason: str) -> str:
    """The reason that all events of its kind share: without what it says of the single event, which follows a colon."""
    return TITLES.get(code) or reason.partition(": ")[0]
