"""What generated code calls: pure functions of the standard library alone."""


class Rejected(Exception):
    """An event that breaks a rule of one action: it has no payload there.

    Shape:  code "E201", reason in words, row the field's name (None where no row is to blame)
    """

    def __init__(self, code: str, reason: str, row: str | None = None) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.row = row
