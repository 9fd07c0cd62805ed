"""`python -m benchmarks`: prints every figure, side by side in one run.

A name prints one part only: `python -m benchmarks canvas`.
"""

import sys

import pytest

from benchmarks import (
    canvas,
    crowd,
    frontend,
    inference,
    many_runs,
    plain_fit,
    queueing,
    serving,
    starting_live,
    studies,
    study_page,
    training,
    watching_live,
)

PARTS = {
    "inference": inference.run,
    "frontend": frontend.run,
    "serving": serving.run,
    "canvas": canvas.run,
    "crowd": crowd.run,
    "live": watching_live.run,
    "runs": many_runs.run,
    "study_page": study_page.run,
    "queue": queueing.run,
    "start": starting_live.run,
    "studies": studies.run,
    "training": training.run,
    "plain": plain_fit.run,
}

asked = sys.argv[1:] or list(PARTS)
unknown = [name for name in asked if name not in PARTS]
if unknown:
    sys.exit(f"benchmarks: received {', '.join(unknown)}, expected some of {', '.join(PARTS)}")
missing = ""
for name in asked:
    try:
        PARTS[name]()
    except pytest.fail.Exception as error:  # how the tests say that there is no browser
        missing = f"benchmarks: {error.msg}"
        print(missing, file=sys.stderr)
sys.exit(1 if missing else 0)
