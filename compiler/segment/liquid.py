"""Liquid templates within the engine's limits, on python-liquid (the extra "segment")."""

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .errors import fail
from .values import Json, is_object, unit_count

if TYPE_CHECKING:
    from .liquid_engine import Template

_LONGEST: Final = 1000


def render_liquid(template: str, scope: Json) -> str:
    """Render a Liquid template against the value in scope.

    Errors: MappingError of kind "runtime" for a template that is too long, does not parse, or uses what the engine
            has switched off, and where python-liquid is not installed
    """
    if not template:
        return ""
    if unit_count(template) > _LONGEST:
        raise fail(f"liquid template values are limited to {_LONGEST} characters")
    return _parsed(template).render(scope if is_object(scope) else {})


@lru_cache(maxsize=256)
def _parsed(template: str) -> "Template":
    try:
        from .liquid_engine import parse  # only who uses @liquid needs the library
    except ModuleNotFoundError:
        raise fail("@liquid needs python-liquid: install atpath[segment]") from None
    return parse(template)
