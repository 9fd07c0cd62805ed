"""The command line where the system is none of those that trainings need, such as Windows."""

import subprocess
import sys
from pathlib import Path

from builder.runs.json_files import write_json
from builder.runs.run_state import STATE, RunState
from builder.runs.status import RunStatus
from builder.scheduler.launcher import create_run
from builder.training.settings import TrainingSettings

ROOT = Path(__file__).parents[2]

ELSEWHERE = """
import os, signal, sys
import platformdirs, psutil  # have a file of their own for each system
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("SIGUSR1", "SIGUSR2", "SIGBUS", "SIGKILL", "SIGSTOP", "SIGCONT", "SIGHUP"):
    delattr(signal, name)
for name in ("geteuid", "getuid", "setpriority", "killpg", "pwrite"):
    delattr(os, name)
from typer.testing import CliRunner
from builder.command_line import app
for line in sys.argv[1:]:
    result = CliRunner().invoke(app, line.split())
    print(line, "->", result.exit_code, result.stderr.strip() or repr(result.exception))
"""


def test_the_command_line_starts_on_any_system_and_says_what_needs_another(tmp_path: Path) -> None:
    lines = ["templates", "summary lenet5", "export lenet5 --to keras -o -", "train --help", "runs"]
    run = create_run(tmp_path, "", "one", "{}", "", TrainingSettings(), {})
    write_json(run.folder / STATE, RunState(RunStatus.RUNNING).values())
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *lines],
        cwd=ROOT,
        env={"CONVSTACK_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *started, refused = done.stdout.splitlines()
    assert started == [f"{line} -> 0 None" for line in lines[:-1]]
    assert refused.startswith("runs -> 1 error: ")
    assert refused.endswith("run Convstack in WSL")
