"""Fixes of issues: what edit makes a problem of a network go.

Each code has a function that proposes edits, the most fitting first. A proposal is carried out on
the network before it is offered, and dropped where the issue stays or another one comes up, so that
no button makes things worse:

    max_pooling2d_4: a 2×2 window does not fit a 1×1 input
    proposals        padding 'same', pool_size 1
    first that mends SetParameters("max_pooling2d_4", {"padding": "same"})
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

from builder.blocks.catalogue import block_type
from builder.blocks.shape_codes import ShapeCode
from builder.network.architecture import Architecture, Node
from builder.network.connections import candidates, most_inputs
from builder.network.inference import Inference, infer
from builder.network.issues import Issue, IssueCode
from builder.network.naming import unique
from builder.system.errors import BuilderError, Code, Problem
from builder.transforms.matching import matching_fixes
from builder.transforms.network_fixes import (
    AddBehind,
    AddInput,
    Connect,
    Disconnect,
    MoveNode,
    NetworkFix,
    RemoveNode,
    Rename,
    Repeat,
    SetParameters,
)

MAX_OFFERED = 12
"""Issues of one network for which a fix is looked for; a person mends one after the other."""
MAX_PROPOSALS = 4
"""Proposals that are carried out for one issue."""


@dataclass(frozen=True, slots=True)
class _Case:
    """An issue, with what is known of its node.

    Attributes:
        inference: The network.
        node: The node that is blamed.
        problem: What is wrong, without what it is inside of.
    """

    inference: Inference
    node: Node
    problem: Problem

    @property
    def fields(self) -> Mapping[str, Any]:
        return self.problem.fields

    @property
    def architecture(self) -> Architecture:
        return self.inference.architecture

    def set(self, **parameters: object) -> SetParameters:
        return SetParameters(self.node.id, parameters)


@lru_cache(maxsize=32)  # a page asks at every drawing
def issue_fixes(architecture: Architecture) -> tuple[NetworkFix | None, ...]:
    """The fixes of a network's issues, in their order; None where an issue has none.

    Args:
        architecture: The network. Of its issues the first dozen is looked at.
    """
    inference = infer(architecture)
    fixes = [issue_fix(inference, issue) for issue in inference.issues[:MAX_OFFERED]]
    return (*fixes, *(None for _ in inference.issues[MAX_OFFERED:]))


def issue_fix(inference: Inference, issue: Issue) -> NetworkFix | None:
    """An edit after which an issue is gone and nothing is worse; None where there is none.

    Args:
        inference: The network.
        issue: One of its issues.
    """
    proposals = iter(_proposals(inference, issue))
    tried = (fix for _, fix in zip(range(MAX_PROPOSALS), proposals, strict=False))
    return next((fix for fix in tried if _mends(inference, issue, fix)), None)


def _mends(inference: Inference, issue: Issue, fix: NetworkFix) -> bool:
    """Whether an issue is gone behind a fix, and no issue as serious has come to what was in order.

    Nodes whose shape was not known before may show issues then that they always had. Behind the fix
    of an error another node may be unread, of which a warning tells.
    """
    try:
        after = infer(fix.apply(inference.architecture))
    except BuilderError:
        return False
    had = {(known.node, known.code) for known in inference.issues}
    unknown = {
        node_id
        for node_id, known in inference.nodes.items()
        if known.output_shape is None and node_id != issue.node
    }
    has = {
        (known.node, known.code)
        for known in after.issues
        if known.node not in unknown
        and (known.level.rank <= issue.level.rank or known.node == issue.node)
    }
    return (issue.node, issue.code) not in has and has <= had


def _proposals(inference: Inference, issue: Issue) -> Iterator[NetworkFix]:
    if issue.code is IssueCode.NO_INPUT_LAYER:
        yield AddInput()
    if not issue.node:
        return
    problem = issue.problem
    if problem.code is ShapeCode.INSIDE:  # what a layer needs that stands inside
        problem = problem.innermost
        if problem.code not in _ABOUT_THE_PLACE:
            return
    propose = _PROPOSALS.get(problem.code)
    if propose is not None:
        yield from propose(_Case(inference, inference.architecture.by_id[issue.node], problem))


def _in_front(case: _Case) -> Iterator[NetworkFix]:
    """In front of what made the image a vector, such as Flatten.

    That is the nearest node above that gets an image and gives none.
    """
    before = case.node
    while len(before.inputs) == 1 and before.inputs[0] in case.architecture:
        before = case.architecture.by_id[before.inputs[0]]
        shapes = case.inference.nodes[before.id].input_shapes
        if len(shapes) == 1 and len(shapes[0]) == 3:
            yield MoveNode(case.node.id, before.inputs[0], before.id)
            return


def _smaller_window(case: _Case) -> Iterator[NetworkFix]:
    yield case.set(padding="same")
    height, width = case.fields["size"]
    yield case.set(**{case.fields["parameter"]: min(height, width)})


def _distinct_axes(case: _Case) -> Iterator[NetworkFix]:
    rank = len(case.fields["shape"])
    axes = {axis if axis > 0 else rank + 1 + axis for axis in case.fields["axis"]}
    yield case.set(axis=sorted(axes))


def _worked_out_size(case: _Case) -> Iterator[NetworkFix]:
    """The last size of a Reshape that the others leave whole is worked out."""
    sizes, total = case.fields["target_shape"], case.fields["total"]
    for place in reversed(range(len(sizes))):
        others = (*sizes[:place], *sizes[place + 1 :])
        if -1 not in others and 0 not in others and total % prod(others) == 0:
            yield case.set(target_shape=[*sizes[:place], -1, *sizes[place + 1 :]])


def _other_shared_axes(case: _Case) -> Iterator[NetworkFix]:
    yield case.set(shared_axes=[1, 2] if len(case.fields["shape"]) == 3 else None)


def _other_value_range(case: _Case) -> Iterator[NetworkFix]:
    low, high = case.fields["low"], case.fields["high"]
    yield case.set(value_range=[high, low] if low > high else [0, 255])


def _smaller_output_padding(case: _Case) -> Iterator[NetworkFix]:
    yield case.set(output_padding=case.fields["largest"])
    yield case.set(output_padding=None)


def _other_inputs(case: _Case) -> Iterator[NetworkFix]:
    """The last input goes where there are too many; the only one that fits comes where one lacks.

    Where several fit, the choice is the person's.
    """
    node = case.node
    if len(node.inputs) > most_inputs(node.block):
        yield Disconnect(node.inputs[-1], node.id)
        return
    fitting = _fitting(case, node.inputs)
    if len(fitting) == 1:
        yield Connect(fitting[0], node.id)


def _nearest_input(case: _Case) -> Iterator[NetworkFix]:
    for source in _fitting(case, ())[:1]:
        yield Connect(source, case.node.id)


def _input_that_exists(case: _Case) -> Iterator[NetworkFix]:
    node, missing = case.node, case.fields["source"]
    kept = tuple(source for source in node.inputs if source != missing)
    for source in _fitting(case, kept)[:1]:
        yield Connect(source, node.id, node.inputs.index(missing))
    yield Disconnect(missing, node.id)


def _fitting(case: _Case, kept: tuple[str, ...]) -> list[str]:
    """The ids of the nodes above that a node can read beside those inputs, the nearest first."""
    shapes = {node_id: known.output_shape for node_id, known in case.inference.nodes.items()}
    found = candidates(case.architecture, shapes, case.node.id, kept)
    return [candidate.node for candidate in found if candidate.fits]


def _without_way_back(case: _Case) -> Iterator[NetworkFix]:
    """Inputs that stand below in the stack close the cycle."""
    place = case.architecture.index(case.node.id)
    for source in case.node.inputs:
        if source in case.architecture and case.architecture.index(source) >= place:
            yield Disconnect(source, case.node.id)


def _other_name(case: _Case) -> Iterator[NetworkFix]:
    taken = {name for node in case.architecture for name in (node.id, node.name)}
    yield Rename(case.node.id, unique(case.node.name, taken))
    yield Rename(case.node.id, unique(f"own_{case.node.name}", taken))


def _center_crop(case: _Case) -> Iterator[NetworkFix]:
    if case.fields["layer"]:  # inside of a node, where no edit of the network gets
        return
    height, width = case.fields["size"]
    block = block_type("CenterCrop").create({"height": height, "width": width})
    yield AddBehind(case.fields["behind"].id, block)


def _set(**parameters: object) -> Callable[[_Case], Iterator[NetworkFix]]:
    """Proposes the same values whatever the issue's fields are."""
    return lambda case: iter((case.set(**parameters),))


_ABOUT_THE_PLACE = frozenset({ShapeCode.NO_IMAGE, ShapeCode.NO_IMAGE_FOR_MODULE})
"""What a node mends by standing elsewhere, also where a layer inside of it is to blame."""

_PROPOSALS: Mapping[Code, Callable[[_Case], Iterator[NetworkFix]]] = {
    ShapeCode.NO_IMAGE: _in_front,
    ShapeCode.NO_IMAGE_FOR_MODULE: _in_front,
    ShapeCode.NO_SUCH_AXIS: _set(axis=-1),
    ShapeCode.REPEATED_AXES: _distinct_axes,
    ShapeCode.NO_SUCH_SHARED_AXES: _other_shared_axes,
    ShapeCode.WRONG_NOISE_SHAPE: _set(noise_shape=None),
    ShapeCode.WINDOW_TOO_LARGE: _smaller_window,
    ShapeCode.STRIDES_WITH_DILATION: _set(dilation_rate=1),
    ShapeCode.UNEQUAL_STRIDES: lambda case: iter((case.set(strides=max(case.fields["strides"])),)),
    ShapeCode.DILATED_TRANSPOSE: _set(dilation_rate=1),
    ShapeCode.OUTPUT_PADDING_TOO_LARGE: _smaller_output_padding,
    ShapeCode.EVEN_WINDOW: _set(output_padding=None),
    ShapeCode.CROPPED_AND_PADDED: _set(pad_to_aspect_ratio=False),
    ShapeCode.WRONG_NUMBER_OF_INPUTS: _other_inputs,
    ShapeCode.REPEATED_MERGE: lambda case: iter((Repeat(case.node.id, 1),)),
    ShapeCode.CONVOLUTION_GROUPS: lambda case: iter((case.set(groups=case.fields["fitting"]),)),
    ShapeCode.NORMALIZATION_GROUPS: lambda case: iter((case.set(groups=case.fields["fitting"]),)),
    ShapeCode.HALF_THE_STATISTICS: _set(mean=None, variance=None),
    ShapeCode.EMPTY_VALUE_RANGE: _other_value_range,
    ShapeCode.ORTHOGONAL_SLOPES: _set(alpha_initializer="zeros"),
    ShapeCode.WRONG_NUMBER_OF_VALUES: _worked_out_size,
    ShapeCode.REPETITION: lambda case: iter((Repeat(case.node.id, case.fields["number"] - 1),)),
    ShapeCode.NOTHING_TO_DO: lambda case: iter((RemoveNode(case.node.id),)),
    **dict.fromkeys(
        (
            ShapeCode.UNEQUAL_RANKS,
            ShapeCode.UNEQUAL_SIZES,
            ShapeCode.UNEQUAL_CHANNELS,
            ShapeCode.CONCATENATED_RANKS,
            ShapeCode.CONCATENATED_SIZES,
        ),
        lambda case: matching_fixes(case.inference, case.node, case.problem.code),
    ),
    IssueCode.MISSING_SOURCE: _input_that_exists,
    IssueCode.IN_CYCLE: _without_way_back,
    IssueCode.NO_INPUT: _nearest_input,
    IssueCode.UNREAD: lambda case: iter((RemoveNode(case.node.id),)),
    IssueCode.UNREAD_INPUT: lambda case: iter((RemoveNode(case.node.id),)),
    IssueCode.READ_BY_SHAPE_ONLY: lambda case: iter((RemoveNode(case.node.id),)),
    IssueCode.NAME_TAKEN: _other_name,
    IssueCode.LAYER_NAME_TAKEN: _other_name,
    IssueCode.NAME_OF_KERAS: _other_name,
    IssueCode.MISFIT_IN_USE: _center_crop,
    IssueCode.OTHER_OUTPUT_IN_USE: _center_crop,
}
