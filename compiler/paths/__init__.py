"""Paths that can match more than once (RFC 9535): emitted as Python, and read plainly by an oracle."""
