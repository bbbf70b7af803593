"""Why one cell cannot be read: raised inside it, turned into a diagnostic by whoever holds the cell."""


class CellProblem(Exception):
    """Shape: `start` and `end` are offsets in the cell's own text."""

    def __init__(self, code: str, message: str, start: int, end: int, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = max(end, start)
        self.hint = hint
