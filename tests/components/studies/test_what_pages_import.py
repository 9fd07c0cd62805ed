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
