"""pytest collects mapping files: an item for each example and each law."""
# pyright: reportUnknownMemberType=false
# (pytest gives `from_parent` no types.)

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from . import hooks

if TYPE_CHECKING:
    from ..compiler.destination import Destination
    from .examples import Outcome
    from .laws import Wire
    from .run import Failure, Report

SUFFIX = ".map"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--mapping-profile` and `--mapping-seed`."""
    group = parser.getgroup("atpath", "mapping files")
    group.addoption(
        "--mapping-profile", choices=("quick", "default", "thorough"), default="quick",
        help="how many events the laws of a mapping file are held against (default: quick)",
    )  # fmt: skip
    group.addoption("--mapping-seed", type=int, default=0, help="another number makes up other events (default: 0)")


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """`pytest_mapping_wire`, by which others say how requests are made."""
    pluginmanager.add_hookspecs(hooks)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "MappingFile | None":
    """A mapping file that is asked for by name or lies in a folder that is, and there is no part of another one."""
    if file_path.suffix != SUFFIX or _is_part(file_path, parent.config):
        return None
    return MappingFile.from_parent(parent, path=file_path)


def _is_part(path: Path, config: pytest.Config) -> bool:
    from ..compiler.files import is_mapping, mappings_below

    if is_mapping(path):
        return False
    given = [Path(config.invocation_params.dir, word.partition("::")[0]).resolve() for word in config.args]
    above = [folder for folder in given if folder.is_dir() and path.is_relative_to(folder)]
    return path not in given and any(str(path) not in mappings_below(folder) for folder in above)


class MappingFile(pytest.File):
    """A mapping file: compiled once, its laws held once."""

    _destination: "Destination | None" = None
    _report: "Report | None" = None

    def collect(self) -> Iterator[pytest.Item]:
        """What `check` says, then examples, then laws."""
        from .examples import own_laws
        from .laws import LAWS, Mapped

        destination = self.destination
        yield CheckItem.from_parent(self, name="check")
        for number, example in enumerate(destination.resolved.examples):
            yield ExampleItem.from_parent(self, name=f"example: {example.title}", number=number)
        mapped = Mapped(destination, self.wire)
        for law in (*own_laws(destination), *(law for law in LAWS if law.applies(mapped))):
            yield LawItem.from_parent(self, name=f"law: {law.name}", law=law.name)

    @property
    def destination(self) -> "Destination":
        """The compiled mapping. Errors: CollectError with its diagnostics drawn"""
        from ..compiler.loader import load
        from ..dsl.diagnostics import MappingError
        from ..dsl.render import render_all

        if self._destination is None:
            try:
                self._destination = load(self.path)
            except MappingError as error:
                raise self.CollectError(render_all(error.diagnostics)) from None
        return self._destination

    @property
    def wire(self) -> "Wire | None":
        """The way to requests, if a plugin knows one."""
        return self.config.hook.pytest_mapping_wire(destination=self.destination)

    @property
    def report(self) -> "Report":
        """What came of the laws that are selected on the events that are made up."""
        from .laws import LAWS
        from .run import PROFILES, Options, test_mapping

        if self._report is None:
            config = self.config
            events = PROFILES[str(config.getoption("--mapping-profile"))]
            seed = int(str(config.getoption("--mapping-seed")))
            selected = {item.law for item in self.session.items if isinstance(item, LawItem) and item.parent is self}
            laws = tuple(law for law in LAWS if law.name in selected)
            options = Options(events=events, seed=seed, laws=laws, wire=self.wire)
            self._report = test_mapping(self.destination, options)
        return self._report


class MappingFailure(Exception):
    """An item that fails; the text is its screen."""


class MappingWarning(pytest.PytestWarning):
    """What `atpath check` warns of."""


class _Item(pytest.Item):
    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """The screen alone, where it is the mapping that is wrong."""
        if isinstance(excinfo.value, MappingFailure):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def fail(self, report: "Report", failures: "list[Failure]") -> None:
        """Fail with the screens of some failures."""
        from .report import failure_screen

        if failures:
            raise MappingFailure("\n".join(failure_screen(report, failure, width=100) for failure in failures))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the item stands."""
        return self.path, self.line(), self.name

    def line(self) -> int | None:
        """Its 0-based line in the file, if it has one."""
        return None


class CheckItem(_Item):
    """What `atpath check` says of a file: errors fail, warnings are pytest's."""

    def line(self) -> int | None:
        """The file's first: pytest warns of no item without a line."""
        return 0

    def runtest(self) -> None:
        """Check the file."""
        from ..compiler.outcome import check_file
        from ..dsl.render import render_all

        found = check_file(str(self.path))
        for diagnostic in found:
            if diagnostic.code[0] == "W":
                self.warn(MappingWarning(f"\n{render_all([diagnostic], width=100)}"))
        errors = tuple(d for d in found if d.code[0] == "E")
        if errors:
            raise MappingFailure(render_all(errors, width=100))


class ExampleItem(_Item):
    """One example of a mapping file."""

    def __init__(self, *, number: int, **others: object) -> None:
        super().__init__(**others)  # type: ignore[arg-type]
        self.number = number

    def runtest(self) -> None:
        """Run the example."""
        from .examples import run_example
        from .run import Failure

        file = self.file
        outcome: Outcome = run_example(file.destination, file.destination.resolved.examples[self.number])
        failures = [
            Failure("example", outcome.example.title, outcome.event, b, outcome.example) for b in outcome.broken
        ]
        if failures:
            self.fail(bare_report(file.destination), failures)

    @property
    def file(self) -> MappingFile:
        """The file that it stands in."""
        assert isinstance(self.parent, MappingFile)
        return self.parent

    def line(self) -> int | None:
        resolved = self.file.destination.resolved
        span = resolved.examples[self.number].span
        return resolved.sources[span.file].line_of(span.start) - 1


class LawItem(_Item):
    """One law, held against all events."""

    def __init__(self, *, law: str, **others: object) -> None:
        super().__init__(**others)  # type: ignore[arg-type]
        self.law = law

    def runtest(self) -> None:
        """Hold the law; the events are made up once a file."""
        assert isinstance(self.parent, MappingFile)
        report = self.parent.report
        self.fail(report, [f for f in report.failures if f.kind != "example" and f.name == self.law])


def bare_report(destination: "Destination") -> "Report":
    """A report without events: what a failing example's screen needs."""
    from .coverage import Coverage
    from .run import Report
    from .strategies_recipes import Plan

    nothing = Coverage((), frozenset())
    return Report(destination, 0, 0, (), 0, (), nothing, nothing, Plan((), (), ()), 0, 0.0)
