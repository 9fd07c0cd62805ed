"""What a fix has mended is built by Keras with the shapes that inference gives."""

import pytest

from builder.network.inference import infer
from builder.transforms.issue_fixes import issue_fix
from tests.differential.test_networks import check
from tests.mendable import MENDABLE, Mendable

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore::UserWarning")]


@pytest.mark.parametrize("case", [case for case in MENDABLE if case.builds], ids=str)
def test_keras_builds_what_is_mended(case: Mendable) -> None:
    inference = infer(case.architecture)
    issue = next(issue for issue in inference.issues if issue.node == case.node)
    fix = issue_fix(inference, issue)
    assert fix is not None
    check(fix.apply(case.architecture))
