"""Nodes of type cells."""

from dataclasses import dataclass
from typing import TypeAlias

from .expressions import Condition
from .paths import Node, Scalar


@dataclass(frozen=True, slots=True)
class NamedType(Node):
    """`string`, `string(1024)`, `number(0..100)`, or a shape's name."""

    name: str
    low: int | float | None = None
    high: int | float | None = None


@dataclass(frozen=True, slots=True)
class LiteralType(Node):
    """`"US" or "EU"`."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class ListType(Node):
    """`T[]`."""

    item: "ValueType"


ValueType: TypeAlias = NamedType | LiteralType | ListType


@dataclass(frozen=True, slots=True)
class FieldType(Node):
    """A type cell: the value's type, and whether the field must be there or may be null."""

    value: ValueType
    required: bool | Condition = False
    nullable: bool = False
