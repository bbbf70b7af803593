"""The frame of the command line: dispatch, exit statuses, what a person sees when something goes wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from atpath.cli import main, verbs
from command import atpath, process, python

Golden = Callable[[str, str], None]


def broken(trouble: str, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A process whose verb `standin` does something else."""
    code = f"""
import sys
from atpath.cli import main, standin
def run(args):
    {trouble}
standin.run = run
sys.exit(main(['standin', *sys.argv[1:]]))
"""
    return python("-c", code, *words, env=env)


@pytest.mark.parametrize("words", [[], ["--help"], ["help"], ["-h"]])
def test_the_overview_lists_every_verb_that_is_there(words: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(words) == (0 if words else 1)
    captured = capsys.readouterr()
    screen = captured.out if words else captured.err
    for listed in verbs.listed().values():
        for verb, summary in listed.items():
            assert f"  {verb:<10} {summary}\n" in screen
    assert "usage: atpath VERB ..." in screen


def test_a_verb_whose_module_is_not_there_is_not_listed():
    assert not verbs.is_there("no_such_module")
    assert "run" in verbs.listed()["Run it"]


def test_the_version(capsys: pytest.CaptureFixture[str]):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("atpath 0.")


@pytest.mark.parametrize("verb", [verb for group in verbs.listed().values() for verb in group])
def test_a_verbs_help_has_an_example(verb: str, capsys: pytest.CaptureFixture[str]):
    assert main([verb, "--help"]) == 0
    screen = capsys.readouterr().out
    assert screen.startswith(f"usage: atpath {verb}")
    assert "\nexamples:\n  " in screen
    assert f"atpath {verb}" in screen.partition("\nexamples:\n")[2]


@pytest.mark.parametrize("verb", [verb for group in verbs.listed().values() for verb in group])
def test_a_terminal_of_one_column_is_none(verb: str):
    done = atpath(verb, "--help", columns=1)
    assert (done.returncode, done.stderr) == (0, "")
    assert atpath(verb, "--bogus", columns=1).returncode == 1


@pytest.mark.parametrize("words", [("check", "maps"), ("test", "maps"), ("diff", "HEAD", "--", "maps")])
def test_a_folder_that_may_not_be_read_is_not_called_empty(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "maps" / "locked").mkdir(parents=True)
    for command in (("init",), ("-c", "user.name=n", "-c", "user.email=n@e", "commit", "--allow-empty", "-m", "one")):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    look = os.scandir

    def scandir(path: str = "."):
        if Path(path).name == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)  # whoever runs this may be allowed everything
    for locked in ("maps",) if words[0] == "diff" else ("maps", "locked"):
        done = atpath(*words, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.endswith(f"{locked}: permission denied\n")


@pytest.mark.parametrize("verb", ["run", "send", "standin", "demo"])
def test_help_screens(verb: str, golden: Golden):
    done = atpath(verb, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.partition("examples:")[0].splitlines())) <= 80
    golden(f"cli/{verb}.help.txt", done.stdout)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rum"], "error: no verb 'rum'\n hint: did you mean 'run'?\n"),
        (["no-such-verb"], "error: no verb 'no-such-verb'\n hint: `atpath --help` lists the verbs\n"),
        (["--bogus"], "error: no option '--bogus' before the verb\n hint: write the verb first: atpath VERB ...\n"),
        (
            ["run"],
            "error: the following arguments are required: MAPPING, EVENTS\n"
            " hint: `atpath run --help` shows what it takes\n",
        ),
        (
            ["standin", "--bogus"],
            "error: unrecognized arguments: --bogus\n hint: `atpath standin --help` shows what it takes\n",
        ),
        (
            ["serve", "heap", "--formatted"],
            "error: unrecognized arguments: --formatted\n hint: `atpath serve --help` shows what it takes\n",
        ),
        (["check", "--fx", "x"], "error: unrecognized arguments: --fx\n hint: did you mean `--fix`?\n"),
        (
            ["diff", "heap", "heap", "--formt=x"],
            "error: unrecognized arguments: --formt=x\n hint: did you mean `--format`?\n",
        ),
        (["standin", "--port", "99999"], "error: --port 99999: no port\n hint: a port is a number from 0, a free"),
        (
            ["standin", "--knob", "bad_event=refuse"],
            "error: bad_event is one of reject_batch, drop_silently, accept\n",
        ),
        (["standin", "--knob", "limits=some"], "error: limits is one of published, off\n"),
        (["standin", "--knob", "stall_seconds=x"], "error: --knob stall_seconds=x: a number of seconds, 0 or more\n"),
        (["standin", "--script", "README.md"], "error: README.md is no JSON: Expecting value"),
        (["standin", "--knob", "speed=1"], "error: no switch 'speed': the stand-in has bad_event, success,"),
        (["standin", "--script", "no/such.json"], "error: no/such.json: no such file or directory\n"),
    ],
)
def test_bad_usage_is_said_and_is_the_users(words: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert main(words) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(said)


def test_programs_get_errors_as_json(capsys: pytest.CaptureFixture[str]):
    assert main(["run", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().err) == {
        "error": "the following arguments are required: MAPPING, EVENTS",
        "hint": "`atpath run --help` shows what it takes",
    }


def test_a_mistake_of_ours_is_said_without_a_traceback_and_kept(tmp_path: Path):
    done = broken("raise ZeroDivisionError('by nought')", env={"TMPDIR": str(tmp_path)})
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("defect: ZeroDivisionError: by nought\nThis is a mistake in atpath, not yours.")
    (kept,) = tmp_path.glob("atpath-defect-*.txt")
    assert str(kept) in done.stderr
    assert "Traceback" in kept.read_text()


def test_a_traceback_is_shown_on_demand():
    done = broken("raise ZeroDivisionError('by nought')", "--traceback")
    assert done.returncode == 2
    assert "Traceback (most recent call last)" in done.stderr


def test_a_closed_pipe_ends_it_quietly():
    code = "from atpath.cli import main, standin\nimport sys\n"
    code += "standin.run = lambda args: print('x' * 1_000_000) or 0\nsys.exit(main(['standin']))"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", code], check=False, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (130, "")


def test_control_c_ends_it_quietly():
    process = subprocess.Popen(
        [sys.executable, "-m", "atpath.cli", "standin", "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert json.loads(process.stdout.readline())["url"].startswith("http://127.0.0.1:")
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "")


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch):
    from atpath.cli.failures import paint

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert paint("error", "error", Terminal()) == "\x1b[1;31merror\x1b[0m"  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert paint("error", "error", Terminal()) == "error"  # type: ignore[arg-type]


def test_starting_up_imports_next_to_nothing():
    code = "import sys; before = set(sys.modules); from atpath.cli import main; main(['--bogus'])\n"
    code += "print(sorted({n.partition('.')[0] for n in set(sys.modules) - before}))"
    done = python("-c", code)
    for heavy in ("argparse", "rich", "lark", "httpx", "msgspec", "dataclasses"):
        assert f"'{heavy}'" not in done.stdout


def test_a_run_of_a_mapping_that_was_compiled_before_imports_no_compiler(tmp_path: Path):
    words = ["run", "heap", "-", "--format", "json", "--dead-letters", str(tmp_path / "dead")]
    kept = {"XDG_CACHE_HOME": str(tmp_path)}
    assert process(*words, env=kept).returncode == 0
    heavy = ["difflib", "lark", "rich", "atpath.dsl.nodes", "atpath.compiler.loader", "atpath.compiler.check"]
    code = f"import sys; from atpath.cli import main; main({words}); print(set({heavy}) & set(sys.modules))"
    assert python("-c", code, env=kept).stdout == "set()\n"


def test_an_extra_that_is_not_installed():
    done = broken("raise ModuleNotFoundError('no', name='hypothesis')")
    assert (done.returncode, done.stderr) == (1, "error: this needs hypothesis\n hint: pip install 'atpath[test]'\n")
    assert broken("raise ModuleNotFoundError('no', name='ours')").returncode == 2
