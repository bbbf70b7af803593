"""The names of types, and what other languages call them."""

from typing import Final

TYPES: Final = (
    "string", "number", "integer", "boolean", "datetime", "date", "email", "uri", "object", "array", "any", "secret",
)  # fmt: skip
OTHER_NAMES: Final = {
    "text": "string", "str": "string", "password": "secret", "bool": "boolean", "int": "integer", "float": "number",
    "double": "number", "decimal": "number", "timestamp": "datetime",
}  # fmt: skip
"""Those that pages and people write alike."""
