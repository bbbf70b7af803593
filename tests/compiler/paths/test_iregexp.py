"""I-Regexp patterns (RFC 9485): what they match, and what is none."""

import pytest
from atpath.compiler.paths.iregexp import compile_iregexp, regexp_matches, regexp_searches


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("", "", True), ("", "a", False), ("a|", "", True), ("ab|cd", "cd", True), ("(ab|c)+d", "abcabd", True),
        (".", "\u2028", True), (".", "\n", False), (".", "\r", False), ("a.c", "a😀c", True),
        ("a{2}", "aa", True), ("a{2}", "aaa", False), ("a{2,}", "aaaa", True), ("a{1,2}b?", "aa", True),
        ("[a-c]+", "abc", True), ("[^a-c]", "d", True), ("[^a-c]", "b", False), ("[-a]", "-", True),
        ("[a-]", "-", True), ("[.*+]", "*", True), ("[a^]", "^", True), ("[^]", "^", True), ("[&&||~~]", "~", True),
        (r"[\]\[\\]", "[", True), (r"[\n\t]", "\t", True), (r"[\--0]", "/", True), (r"\.\*\{\}\|", ".*{}|", True),
        (r"\n\r\t", "\n\r\t", True), (r"\p{L}+", "aÉж", True), (r"\p{Lu}", "a", False), (r"\P{Lu}", "a", True),
        (r"[\p{Nd}_]+", "1_٣", True), (r"[^\p{L}]", "1", True), (r"[\P{L}x]", "x", True), (r"\p{Zs}", " ", True),
        (r"\p{Cn}", "\u0378", True), ("^ab$", "ab", True), ("a$", "a\n", False), ("a#b c", "a#b c", True),
        ('"/-,', '"/-,', True), ("^*a", "a", True), ("^{2}a${1,2}", "a", True), ("a$+b", "a$b", False),
    ],
)  # fmt: skip
def test_matches(pattern, text, matches):
    assert regexp_matches(text, pattern) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        "(", ")", "a)", "*", "a**", "a+?", "(*a)", "|*", "a{", "a{,2}", "a{2,1}", "a{99999999999999999999}", "[", "]",
        "[]", "[b-a]", "[a-z-9]", "[a[b]", r"\d", r"\w", r"\b", r"\1", r"\$", r"\p{Xx}", r"\p{Greek}", r"\pL", "\\",
        "(?:a)", "(?i)a", "{", "}", "\ud800", "(" * 5000 + ")" * 5000,
    ],
)  # fmt: skip
def test_is_no_pattern(pattern):
    assert compile_iregexp(pattern) is None
    assert not regexp_matches("", pattern) and not regexp_searches("", pattern)


def test_search_finds_a_part():
    assert regexp_searches("xaby", "ab") and not regexp_searches("xaby", "^ab") and regexp_searches("xab", "ab$")


def test_what_is_no_text_does_not_match():
    assert not regexp_matches(1, "1") and not regexp_matches("1", 1) and not regexp_searches(None, "")
