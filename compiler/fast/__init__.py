"""NDJSON bytes to NDJSON bytes: only what a mapping reads is decoded, what it passes through is copied."""
