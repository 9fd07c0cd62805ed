"""The app's process shows studies without what only their own processes need."""

import subprocess
import sys

from tests.app_server import ROOT

IMPORT = """
import sys
from components.studies import page, study_page, asking
from builder.studies import report
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
HEAVY = {"tensorflow", "keras", "scipy", "optuna", "ray", "sklearn"}


def test_pages_of_studies_import_nothing_heavy() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = {*run.stdout.split()}
    assert "streamlit" in found
    assert not found & HEAVY


def test_the_first_page_leaves_what_studies_need_for_later() -> None:
    script = "import sys, components.design.page; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = {*run.stdout.split()}
    assert "components.studies.worth_menu" in found
    assert "builder.actions.study_request" not in found
