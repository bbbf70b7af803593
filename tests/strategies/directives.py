"""Mappings in Segment's JSON, right and wrong ones."""

from typing import Any

from hypothesis import strategies as st

words = st.sampled_from(
    ["a", "b c", "0", "[0]", ".", "$.", "$", "{{", "}}", "{", "'", '"', "[", "]", "@", "é", "-", ""]
)
texts = st.lists(words, max_size=6).map("".join)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
keys = texts | st.sampled_from(["@path", "@literal", "_metadata", "@merge"])


def directives(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def of(name: str, **options: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries({name: st.fixed_dictionaries(options)})

    return st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(keys, inner, max_size=3),
        st.fixed_dictionaries({"@path": texts.map(lambda t: f"$.{t}")}),
        st.fixed_dictionaries({"@template": texts}),
        st.fixed_dictionaries({"@literal": inner}),
        st.fixed_dictionaries({"@excludeWhenNull": inner}),
        st.fixed_dictionaries({"@liquid": texts}),
        of("@if", exists=inner, then=inner, **{"else": inner}),
        inner.flatmap(lambda value: of("@if", exists=st.just(value), then=st.just(value), **{"else": inner})),
        of("@if", blank=inner, then=inner),
        of("@if", exists=inner, **{"else": inner}),
        st.fixed_dictionaries({"@arrayPath": st.tuples(texts.map(lambda t: f"$.{t}") | inner, inner).map(list)}),
        of("@case", operator=st.sampled_from(["lower", "upper", "Lower"]), value=inner),
        of("@replace", pattern=texts, value=inner, replacement=texts),
        of("@replace", pattern=texts, value=inner, replacement=texts, **{"global": st.booleans() | st.none()}),
        of("@merge", objects=st.lists(inner, max_size=3), direction=st.sampled_from(["left", "right", "LEFT"])),
        of("@flatten", value=inner, separator=texts, omitArrays=st.booleans() | st.just(1)),
        of("@json", mode=st.sampled_from(["encode", "decode"]), value=inner),
        of("@transform", apply=inner, mapping=inner),
    )


mappings = st.recursive(scalars, directives, max_leaves=12)
