"""The gradients of a document's latest training, for the canvas."""

import math
from typing import TypedDict

from builder.analysis.gradient_nodes import latest_gradients, node_gradients
from builder.analysis.verdicts import Flow
from builder.documents.document_store import DocumentStore
from builder.runs.run_folder import Run
from builder.studies.study import Place
from builder.studies.variants import BASE
from builder.system.home import home


class GradientAnswer(TypedDict):
    """Gradients by node, as JSON.

    `run` is "" where there are none; then `message` says why. `name` is the trained network's,
    `created` when the training was started, ISO 8601 in UTC. `changed` is how many nodes were not
    trained as they are now. `state` and the sentences are those
    of the verdict, `begins` is the node where the trouble begins or "". `norms` holds the
    weakest and the strongest norm by a node's id or a part's key; None where a norm is no finite
    number.
    """

    run: str
    name: str
    created: str
    changed: int
    active: bool
    batch: int
    state: Flow
    message: str
    advice: str
    begins: str
    norms: dict[str, tuple[float | None, float | None]]


def gradient_answer(document_id: str) -> GradientAnswer:
    """Looks up the newest training of a document that has gradients.

    Raises:
        BuilderError: The document, or the run's own network, cannot be read.
    """
    now = DocumentStore(home()).load(document_id).architecture
    found = latest_gradients(home(), document_id, _is_own)
    if found is None:
        return _none("No training of this network has recorded gradients yet.")
    told = node_gradients(*found, now)
    norms = {
        key: (_finite(weakest), _finite(strongest))
        for key, (weakest, strongest) in told.norms.items()
    }
    return GradientAnswer(
        run=told.run.id,
        name=told.run.name,
        created=told.run.created,
        changed=told.changed,
        active=told.run.is_active,
        batch=told.step + 1,
        state=told.verdict.state,
        message=told.verdict.message,
        advice=told.verdict.advice,
        begins=told.begins or "",
        norms=norms,
    )


def _is_own(run: Run) -> bool:
    """Whether a run trained the network itself, and no variant of it in a study."""
    place = Place.of(run)
    return place is None or place.variant == BASE


def _none(why: str) -> GradientAnswer:
    return GradientAnswer(
        run="",
        name="",
        created="",
        changed=0,
        active=False,
        batch=0,
        state=Flow.UNKNOWN,
        message=why,
        advice="",
        begins="",
        norms={},
    )


def _finite(norm: float) -> float | None:
    return norm if math.isfinite(norm) else None
