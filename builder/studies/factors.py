"""What a study varies: parts of the network, its parameters, and settings of the training."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, replace
from typing import Annotated, Any, Literal

from pydantic import Field

from builder.blocks.catalogue import block_type
from builder.blocks.declaration import Declared, declaration
from builder.network.edits import repeat, set_parameters
from builder.network.inference import infer
from builder.network.placing import find, with_node
from builder.studies.cells import Cell
from builder.studies.factor import Factor, Levels, ListedFactor, Subject
from builder.studies.ranges import Range
from builder.system.errors import EditError
from builder.training.setting_fields import with_setting
from builder.training.settings import TrainingSettings
from builder.transforms.ablation.kinds import PartKind
from builder.transforms.ablation.parts import without
from builder.transforms.scaling import Compound, Scaling, scale

MAX_LEVELS = 1_000


@declaration
class Without(Factor):
    """A part that is there or not: shortcuts, normalization, Squeeze-and-Excitation and others."""

    part: PartKind
    _: KW_ONLY
    nodes: Annotated[
        tuple[str, ...], Field(description="Where it is taken out; empty means everywhere.")
    ] = ()
    kind: Literal["without"] = "without"

    @property
    def name(self) -> str:
        return f"{self.part.noun} of {', '.join(self.nodes)}" if self.nodes else self.part.noun

    def choices(self) -> tuple[bool, ...]:
        return (True, False)

    def base(self, subject: Subject) -> bool:
        return True

    def apply(self, subject: Subject, level: Any) -> Subject:
        if level:
            return subject
        changed = without(subject.architecture, self.part, self.nodes or None)
        if changed is subject.architecture:
            raise EditError(f"the network has no {self.name} to take out")
        return replace(subject, architecture=changed)

    def describe(self, level: Any) -> str:
        if level:
            return f"with {self.name}"
        where = f" of {', '.join(self.nodes)}" if self.nodes else ""
        return f"{self.part.change}{where}"


@declaration
class NodeParameter(ListedFactor):
    """A parameter of a node: of a layer, of a module, or one that an own block exposes."""

    node: str
    parameter: str
    levels: Levels
    _: KW_ONLY
    kind: Literal["parameter"] = "parameter"

    @property
    def name(self) -> str:
        return f"{self.node}.{self.parameter}"

    def base(self, subject: Subject) -> Any:
        values = find(subject.architecture, self.node).block.values()
        if self.parameter not in values:
            raise EditError(
                f"{self.node} has no parameter {self.parameter!r}, expected one of "
                f"{', '.join(values)}"
            )
        return values[self.parameter]

    def apply(self, subject: Subject, level: Any) -> Subject:
        self.base(subject)
        changed = set_parameters(subject.architecture, self.node, {self.parameter: level})
        return replace(subject, architecture=changed)


@declaration
class Repeats(ListedFactor):
    """How often a node's block is applied in a row."""

    node: str
    levels: Levels
    _: KW_ONLY
    kind: Literal["repeat"] = "repeat"

    @property
    def name(self) -> str:
        return f"{self.node}.repeat"

    def base(self, subject: Subject) -> int:
        return find(subject.architecture, self.node).repeat

    def apply(self, subject: Subject, level: Any) -> Subject:
        if type(level) is not int:
            raise EditError(f"{self.name}: received {level!r}, expected a whole number")
        return replace(subject, architecture=repeat(subject.architecture, self.node, level))


@declaration
class BlockChoice(Factor):
    """Which block stands at a node: types by their names, with the parameters that they share."""

    node: str
    blocks: tuple[str, ...]
    _: KW_ONLY
    kind: Literal["block"] = "block"

    @property
    def name(self) -> str:
        return f"{self.node}.block"

    def choices(self) -> tuple[str, ...]:
        return self.blocks

    def base(self, subject: Subject) -> str:
        return find(subject.architecture, self.node).block.type_name()

    def apply(self, subject: Subject, level: Any) -> Subject:
        node = find(subject.architecture, self.node)
        if level == node.block.type_name():
            return subject
        chosen = block_type(level)
        names = {parameter.name for parameter in chosen.parameters()}
        kept = {name: value for name, value in node.block.values().items() if name in names}
        block = chosen.create(kept)  # keeps the id, so that all variants name the node alike
        return replace(
            subject, architecture=with_node(subject.architecture, replace(node, block=block))
        )


@declaration
class Setting(ListedFactor):
    """A setting of the training: `learning_rate`, `optimizer.momentum`."""

    setting: str
    levels: Levels
    _: KW_ONLY
    kind: Literal["setting"] = "setting"

    @property
    def name(self) -> str:
        return self.setting

    def base(self, subject: Subject) -> Any:
        name, *inner = self.setting.split(".")
        value: Any = getattr(subject.settings, name, None)
        for part in inner:
            value = getattr(value, part, None)
        return value.values()["name"] if isinstance(value, Declared) else value

    def apply(self, subject: Subject, level: Any) -> Subject:
        path = tuple(self.setting.split("."))
        if path[0] in ("seed", "device"):
            raise EditError(
                f"{path[0]} cannot be varied: a study gives each variant the same seeds and device"
            )
        if path[0] not in subject.settings.values() or len(path) > 2:
            raise EditError(f"a training has no setting {self.setting!r}")
        values = with_setting(subject.settings.values(), path, level)
        return replace(subject, settings=TrainingSettings.create(values))


@declaration
class ScalingFactor(ListedFactor):
    """How far the network is scaled: by φ, or by one of depth, width and resolution."""

    factor: Literal["phi", "depth", "width", "resolution"]
    levels: Levels
    _: KW_ONLY
    kind: Literal["scaling"] = "scaling"

    @property
    def name(self) -> str:
        return f"scaling.{self.factor}"

    def base(self, subject: Subject) -> float:
        return 0.0 if self.factor == "phi" else 1.0

    def apply(self, subject: Subject, level: Any) -> Subject:
        if not isinstance(level, int | float) or isinstance(level, bool):
            raise EditError(f"{self.name}: received {level!r}, expected a number")
        if self.factor == "phi":
            scaling = Compound.create({"phi": level}).scaling
        else:
            scaling = replace(Scaling(), **{self.factor: float(level)})
        return replace(subject, architecture=scale(subject.architecture, scaling))

    def describe(self, level: Any) -> str:
        shown = f"{level:g}" if isinstance(level, int | float) else level
        return f"φ {shown}" if self.factor == "phi" else f"{shown}× {self.factor}"


@declaration
class CompoundScaling(Factor):
    """How the network grows by about twice its cost: by which share of depth, width, resolution.

    A level is the three factors at φ = 1: [α, β, γ].
    """

    levels: Annotated[
        tuple[tuple[float, float, float], ...], Field(description="The triples α, β, γ.")
    ]
    _: KW_ONLY
    kind: Literal["compound"] = "compound"

    @property
    def name(self) -> str:
        return "scaling"

    def choices(self) -> tuple[tuple[float, float, float], ...]:
        return self.levels

    def base(self, subject: Subject) -> tuple[float, float, float]:
        return (1.0, 1.0, 1.0)

    def apply(self, subject: Subject, level: Any) -> Subject:
        scaled = scale(subject.architecture, compound_of(level).scaling)
        return replace(subject, architecture=scaled)

    def describe(self, level: Any) -> str:
        return ", ".join(f"{name[0]} {value:g}" for name, value in self.axes(level).items())

    def axes(self, level: Any) -> Mapping[str, Any]:
        return dict(zip(("α depth", "β width", "γ resolution"), level, strict=True))


def compound_of(level: Sequence[float]) -> Compound:
    """The scaling of a level of `CompoundScaling`, at φ = 1."""
    depth, width, resolution = level
    return Compound.create({"depth": depth, "width": width, "resolution": resolution})


AnyFactor = Annotated[
    Without
    | NodeParameter
    | Repeats
    | BlockChoice
    | Setting
    | ScalingFactor
    | CompoundScaling
    | Cell,
    Field(discriminator="kind"),
]


def check_factors(subject: Subject, factors: Sequence[Factor]) -> None:
    """Refuses factors that cannot vary anything.

    Raises:
        EditError: One has no level or far too many, two have one name, or a subject does not have
            what one of them varies.
    """
    names = [factor.name for factor in factors]
    for factor in factors:
        for name, dimension in factor.dimensions().items():
            levels = dimension.grid() if isinstance(dimension, Range) else dimension
            if not 0 < len(levels) <= MAX_LEVELS:
                raise EditError(
                    f"{name}: received {len(levels):,} levels, expected 1 to {MAX_LEVELS:,}"
                )
        if names.count(factor.name) > 1:
            raise EditError(f"two factors vary {factor.name}")
        factor.base(subject)
    if not infer(subject.architecture).ok:
        first = infer(subject.architecture).errors[0]
        raise EditError(f"the network has errors: {first}", "fix it first")
