"""The gradients of a document's latest training, by node and by the parts inside of a node."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from builder.analysis.gradients import GradientFlow, read_gradients
from builder.analysis.verdicts import Verdict, judge
from builder.network.architecture import Architecture, Node
from builder.network.hierarchy import Part, inside
from builder.network.inference import NodeInference, infer
from builder.network.naming import layer_names
from builder.runs import run_folder
from builder.runs.config_file import document_of
from builder.runs.run_folder import Run
from builder.runs.trained_network import trained_network

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class NodeGradients:
    """A training's gradients at a network's nodes.

    Attributes:
        run: The training.
        step: The batch of the last ones, counted from 0 over the run.
        verdict: The verdict on the network as it was trained.
        begins: The id of the node where the trouble begins; None where there is none (any more).
        norms: The weakest and the strongest norm among the layers of a node or of a part of one,
            each the median of the last quarter of the time, or not a number where the last was
            none. By the node's id or the part's key; only what learns, and has not been changed
            since.
        changed: How many nodes of the network have changed since the training, or are gone.
    """

    run: Run
    step: int
    verdict: Verdict
    begins: str | None
    norms: Mapping[str, Span]
    changed: int


def latest_gradients(
    home: Path, document_id: str, is_own: Callable[[Run], bool] = lambda _: True
) -> tuple[Run, GradientFlow] | None:
    """The newest training of a document that has gradients; None where there is none.

    Args:
        home: The folder that holds `runs/`.
        document_id: The document that it was started from.
        is_own: Whether a training was of the network itself, which comes before any other.
    """
    others: list[Run] = []
    for folder in run_folder.folders(home):
        if document_of(folder) != document_id:
            continue
        run = run_folder.read(folder)
        if not is_own(run):
            others.append(run)
        elif found := _with_gradients(run):
            return found
    return next(filter(None, map(_with_gradients, others)), None)


def _with_gradients(run: Run) -> tuple[Run, GradientFlow] | None:
    flow = read_gradients(run.folder)
    return (run, flow) if flow is not None and len(flow.norms) else None


def node_gradients(run: Run, flow: GradientFlow, now: Architecture) -> NodeGradients:
    """Assigns the gradients of a training's layers to the nodes of a network.

    Args:
        run: The training.
        flow: Its gradients.
        now: The present network, which may have changed since.

    Raises:
        BuilderError: The run's own network cannot be read.
    """
    trained = trained_network(run.folder)
    alike = {node.id for node in now if _is_alike(trained.by_id.get(node.id), node)}
    verdict = judge(flow)
    last = np.where(np.isfinite(flow.norms[-1]), flow.recent, np.nan)
    by_layer = {layer.name: float(norm) for layer, norm in zip(flow.layers, last, strict=True)}
    begins = None if verdict.layer is None else flow.layers[verdict.layer].name
    norms: dict[str, Span] = {}
    beginning: str | None = None
    for node_id, layers in layer_names(infer(trained)).items():
        if begins in layers and node_id in now:
            beginning = node_id
        if node_id not in alike:
            continue
        for key, places in _places(infer(trained).nodes[node_id]):
            span = _span(by_layer[layers[place]] for place in places if layers[place] in by_layer)
            if span is not None:
                norms[key] = span
    changed = max(len(now.nodes), len(trained.nodes)) - len(alike)
    return NodeGradients(run, int(flow.steps[-1]), verdict, beginning, norms, changed)


def _is_alike(before: Node | None, after: Node) -> bool:
    return before is not None and (before.block, before.repeat) == (after.block, after.repeat)


def _places(known: NodeInference) -> Iterator[tuple[str, list[int]]]:
    """The node and each of its parts, with the places of its layers in the node's order."""
    yield known.node.id, list(range(sum(1 for _ in known.layers)))
    done = 0
    for part in inside(known):
        length = len(part.trace.calls)
        starts = [done + number * length for number in range(part.times)]
        yield from _part_places(part, starts)
        if len(known.traces) > 1:
            done += part.times * length


def _part_places(part: Part, starts: list[int]) -> Iterator[tuple[str, list[int]]]:
    yield part.key, [start + at for start in starts for at in range(part.start, part.end)]
    for inner in part.parts:
        yield from _part_places(inner, starts)


def _span(norms: Iterable[float]) -> Span | None:
    known = list(norms)
    if not known:
        return None
    if any(np.isnan(norm) for norm in known):
        return float("nan"), float("nan")
    return min(known), max(known)
