"""Names for what a docs page only gives titles to."""

import re
import unicodedata

# A heading that goes on with the action above it, whose trigger has been told.
FIELDS = re.compile(
    r"(?:(?:action|available|destination|event|optional|request|required|supported)\s+)?"
    r"(?:attributes|fields|parameters|payload|properties)",
    re.I,
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def camel_case(title: str, fallback: str) -> str:
    """A title as a name: `Identify User` is identifyUser, `GA4` is ga4.

    Shape:  letters lose their accents; `fallback` is the name of a title without letters and digits
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    words = [word.lower() for word in _WORD.findall(plain.replace("'", "").replace("’", ""))]
    if not words:
        return fallback
    name = words[0] + "".join(word.capitalize() for word in words[1:])
    return f"_{name}" if name[0].isdigit() else name


class Names:
    """The names of a page's actions: the first `Track Event` is trackEvent, the next trackEvent2."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str) -> str:
        """A name that is written down."""
        self._taken.add(name)
        return name

    def of(self, title: str) -> str:
        """The name that an action of this title gets."""
        name = camel_case(title, "action")
        number = 2
        free = name
        while free in self._taken:
            free, number = f"{name}{number}", number + 1
        return free
