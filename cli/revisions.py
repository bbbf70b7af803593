"""Mappings as git has them: those of a revision, and those of the working tree beside it.

A place is a path from the top of the repository, with `/`; what is shown to people is a path from where they stand.
"""

import os
import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from subprocess import DEVNULL, CompletedProcess
from subprocess import run as run_process
from typing import TYPE_CHECKING, Protocol, TypeAlias

from .failures import UserError

if TYPE_CHECKING:
    from ..compiler.destination import Destination

Load: TypeAlias = "Callable[[], Destination]"
Pair: TypeAlias = "tuple[str, Load | None, Load | None]"

ENDING = ".map"
_LINK = b"120000"  # how git marks a symbolic link
_MOST_LINKS = 8


class Side(Protocol):
    """One of the two states that are compared."""

    title: str

    def has(self, place: str) -> bool: ...

    def below(self, folder: str) -> set[str]: ...

    def text(self, place: str) -> str: ...

    def load(self, place: str) -> "Destination": ...


def pairs(revisions: Sequence[str], paths: Sequence[str]) -> Iterator[Pair]:
    """The mappings at the paths, each as (path, old, new): what loads it, or None where a side has none.

    Shape:  one revision, against the working tree, or two; paths from the working directory, or absolute ones
    Errors: UserError, also for a path at which no side has a mapping; MappingError for a file that is none
    """
    repository = find_repository()
    sides: list[Side] = [Revision(repository, word) for word in revisions]
    if len(sides) == 1:
        sides.append(WorkingTree(repository))
    old, new = sides
    for place in sorted({place for path in paths for place in _places(repository, path, sides)}):
        loads = [partial(side.load, place) if side.has(place) else None for side in (old, new)]
        if None in loads and not place.endswith(ENDING):
            [load() for load in loads if load is not None]  # a file that is no mapping is none that came or went
        yield repository.shown(place), loads[0], loads[1]


def is_revision(word: str) -> bool:
    """True if git, here, takes the word for a commit."""
    try:
        return find_repository().commit(word) is not None
    except UserError:
        return False


@dataclass(frozen=True, slots=True)
class Repository:
    """Where git keeps what is compared. Shape:  top: where places begin; bare: there is no working tree"""

    top: Path
    bare: bool

    def commit(self, word: str) -> str | None:
        """The commit that a word names, if it names one."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{word}^{{commit}}")
        done = _git(*words, folder=self.top)
        return None if done.returncode else done.stdout.decode().strip()

    def git(self, *words: str) -> bytes:
        """What git says at the top, where paths mean themselves. UserError with its words where it fails."""
        done = _git("--literal-pathspecs", *words, folder=self.top)
        if done.returncode:
            raise UserError(f"git: {_complaint(done)}")
        return done.stdout

    def place(self, path: str) -> str:
        """The place that a path means; "." is the top. UserError for one that lies outside."""
        # A link to a folder is followed, as git has its files where they really are; a link to a file is a file.
        folder, name = os.path.split(path)
        real = Path(os.path.realpath(path)) if Path(path).is_dir() else Path(os.path.realpath(folder), name)
        try:
            return real.relative_to(self.top).as_posix()
        except ValueError:
            raise UserError(f"{path}: outside the git repository", f"its top is {self.top}") from None

    def shown(self, place: str) -> str:
        """A place as a path from the working directory."""
        return Path(os.path.relpath(self.top / place)).as_posix()


def find_repository() -> Repository:
    """The repository of the working directory. UserError where there is none, or none that git would open."""
    inside = _git("rev-parse", "--is-inside-work-tree")
    if inside.returncode:
        said = _complaint(inside)
        if said.startswith("not a git repository"):
            raise UserError("no git repository here: there are no revisions to compare", "atpath diff OLD NEW")
        raise UserError(f"git: {said}")
    if inside.stdout.strip() != b"true":
        return Repository(Path(os.path.realpath(".")), bare=True)
    top = os.fsdecode(_git("rev-parse", "--show-toplevel").stdout.removesuffix(b"\n"))
    return Repository(Path(os.path.realpath(top)), bare=False)


class Revision:
    """The files of a commit."""

    def __init__(self, repository: Repository, word: str) -> None:
        commit = repository.commit(word)
        if commit is None:
            hint = "`git branch --all` and `git tag` list names; a shallow clone lacks older commits"
            raise UserError(f"{word}: no revision of this git repository", hint)
        self.title = word
        self._repository = repository
        self._commit = commit

    @cached_property
    def _modes(self) -> dict[str, bytes]:
        listed = self._repository.git("ls-tree", "-r", "-z", "--full-tree", self._commit).split(b"\0")
        parts = (line.partition(b"\t") for line in listed if line)
        return {os.fsdecode(name): head.split()[0] for head, _, name in parts if head.split()[1] == b"blob"}

    def has(self, place: str) -> bool:
        """True if there is such a file."""
        return self._file(place) is not None

    def below(self, folder: str) -> set[str]:
        """The mapping files of a folder, at any depth."""
        start = "" if folder == "." else f"{folder}/"
        return {place for place in self._modes if place.startswith(start) and place.endswith(ENDING)}

    def text(self, place: str) -> str:
        """The text of a file."""
        from ..compiler.files import mapping_text

        return mapping_text(self._data(place) or b"")

    def load(self, place: str) -> "Destination":
        """The mapping, named as git names it (`HEAD:maps/a.map`), with what that revision has to include."""
        from ..compiler.loader import check_text, compile_resolved
        from ..dsl.diagnostics import MappingError

        def included(_: Path | None, name: str) -> str | None:
            data = self._data(posixpath.normpath(posixpath.join(posixpath.dirname(place), name)))
            try:
                return None if data is None else data.decode("utf-8-sig")
            except UnicodeDecodeError:
                return None

        checked = check_text(self.text(place), f"{self.title}:{place}", None, included)
        if checked.errors:
            raise MappingError(checked.diagnostics)
        return compile_resolved(checked.resolved)

    def _data(self, place: str) -> bytes | None:
        file = self._file(place)
        if file is None:
            return None
        # With filters: the bytes that a checkout would have, whatever the ends of its lines are here.
        return self._repository.git("cat-file", "--filters", f"{self._commit}:{file}")

    def _file(self, place: str) -> str | None:
        """Where the links that start at a place end; None where there is no file."""
        for _ in range(_MOST_LINKS):
            if self._modes.get(place) != _LINK:
                return place if place in self._modes else None
            target = os.fsdecode(self._repository.git("cat-file", "blob", f"{self._commit}:{place}"))
            place = posixpath.normpath(posixpath.join(posixpath.dirname(place), target))
        return None


class WorkingTree:
    """The files as they are now; of those that git ignores, only what is named."""

    title = "the working tree"

    def __init__(self, repository: Repository) -> None:
        if repository.bare:
            raise UserError("there is no working tree here", "compare two revisions: atpath diff OLD NEW -- PATH")
        self._repository = repository

    def has(self, place: str) -> bool:
        """True if there is such a file. OSError where one may not look."""
        return Path(self._repository.shown(place)).is_file()

    def below(self, folder: str) -> set[str]:
        """The mapping files of a folder, at any depth. OSError where one may not look."""
        here = Path(self._repository.shown(folder))
        if here.is_dir():
            os.scandir(here).close()  # git passes over it
        words = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder)
        listed = map(os.fsdecode, self._repository.git(*words).split(b"\0"))
        return {place for place in listed if place.endswith(ENDING) and self.has(place)}

    def text(self, place: str) -> str:
        """The text of a file. OSError where it may not be read."""
        from ..compiler.files import read_mapping

        return read_mapping(Path(self._repository.shown(place)))

    def load(self, place: str) -> "Destination":
        """The mapping."""
        from ..compiler.loader import load

        return load(Path(self._repository.shown(place)))


def _places(repository: Repository, path: str, sides: list[Side]) -> set[str]:
    """The mappings that a path means on either side: the file, whatever its name, or those of the folder."""
    from ..compiler.files import without_parts

    place = repository.place(path)
    if any(side.has(place) for side in sides):
        return {place}
    below = ({file: side.text(file) for file in sorted(side.below(place))} for side in sides)
    found = {file for texts in below for file in without_parts(texts)}
    if not found:
        hint = f"neither {sides[0].title} nor {sides[1].title} has one; mapping files end in {ENDING}"
        raise UserError(f"{path}: no mapping file there", hint)
    return found


def _complaint(done: CompletedProcess[bytes]) -> str:
    said = done.stderr.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: ")
    return said or f"exit status {done.returncode}"


def _git(*words: str, folder: Path | None = None) -> CompletedProcess[bytes]:
    plain = {**os.environ, "LC_ALL": "C"}  # what git says is looked into
    try:
        return run_process(["git", *words], check=False, cwd=folder, env=plain, stdin=DEVNULL, capture_output=True)
    except FileNotFoundError:
        raise UserError("git is not installed, and revisions are read by it", "atpath diff OLD NEW") from None
