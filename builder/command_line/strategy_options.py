"""Options of `study search` on how candidates are proposed, with the strategies' own limits."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from builder.command_line.number_options import declared_number
from builder.command_line.setting_options import belongs_elsewhere
from builder.studies.strategies import STRATEGIES, SearchStrategy, strategy_of


def _number(name: str, text: str) -> Any:
    """The option of a number that several strategies may have, with the same limits.

    Args:
        name: Its name there.
        text: Its help.
    """
    found = {
        strategy: parameter
        for strategy, declared in STRATEGIES.items()
        for parameter in declared.parameters()
        if parameter.name == name
    }
    usual = {strategy: parameter.default for strategy, parameter in found.items()}
    first = next(iter(found))
    is_same = len(set(usual.values())) == 1
    told = [str(usual[first])] if is_same else [f"{one} {usual[one]}" for one in usual]
    return typer.Option(
        parser=declared_number(found[first]),
        metavar="INTEGER",
        help=text,
        show_default=", ".join(told),
    )


StrategyName = Annotated[
    str, typer.Option(help=f"How candidates are proposed: {', '.join(STRATEGIES)}.")
]
Trials = Annotated[int | None, _number("trials", "How many candidates are trained.")]
FreshSeeds = Annotated[
    int | None,
    _number("fresh_seeds", "With how many other seeds the winner is trained again."),
]
RandomBeside = Annotated[
    bool | None,
    typer.Option(
        help="Train as many candidates that are drawn at random.", show_default="random-beside"
    ),
]
Smaller = Annotated[
    str | None, typer.Option(help="With nsga2: what is to be small, params or macs.")
]
Population = Annotated[
    int | None, _number("population", "With nsga2 and evolution: how many live.")
]
Front = Annotated[
    int | None,
    _number("front", "With nsga2: how many of the front are trained with fresh seeds."),
]
Tournament = Annotated[
    int | None,
    _number("tournament", "With evolution: of how many the best is changed."),
]
Halving = Annotated[
    bool, typer.Option("--halving", help="Train a few epochs first; the best third goes on.")
]


def chosen_strategy(name: str, given: Mapping[str, Any]) -> SearchStrategy:
    """The strategy of a search.

    Args:
        name: One of `STRATEGIES`.
        given: Its settings by name; None for what was not given.

    Raises:
        ParameterError: There is no such strategy, or it has no such setting or value.
    """
    values = {option: value for option, value in given.items() if value is not None}
    known = {each: {one.name for one in STRATEGIES[each].parameters()} for each in STRATEGIES}
    for option in values.keys() - known.get(name, values.keys()):
        owners = [each for each in STRATEGIES if option in known[each]]
        raise belongs_elsewhere(f"--{option.replace('_', '-')}", "strategy", name, owners)
    return strategy_of(name, values)
