"""Segment's JSON directives, both ways; `atpath.dsl.directives` is the door."""
