"""Options that the commands on studies share."""

from pathlib import Path
from typing import Annotated

import typer

from builder.command_line.number_options import number, whole_number
from builder.studies.study import MAX_SEEDS
from builder.studies.variants import MAX_VARIANTS

Seeds = Annotated[
    int,
    typer.Option(
        parser=whole_number(1, MAX_SEEDS),
        metavar="INTEGER",
        help="How often each variant is trained. Fewer than six can decide nothing.",
    ),
]
Metric = Annotated[
    str,
    typer.Option(help="What variants are judged by: val_accuracy, val_loss, accuracy or loss."),
]
At = Annotated[str, typer.Option(help="At the last epoch or at the best one.")]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="JSON of settings, as for train.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show the variants and the time; train nothing.")
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Start although the memory seems to be too little for a variant."),
]
Detach = Annotated[
    bool, typer.Option("--detach", help="Print the study's id and return; it goes on by itself.")
]
MaxParams = Annotated[
    int | None,
    typer.Option(
        "--budget-params",
        parser=whole_number(1),
        metavar="INTEGER",
        help="Train no variant with more.",
    ),
]
MaxMacs = Annotated[
    int | None,
    typer.Option(
        "--budget-macs",
        parser=whole_number(1),
        metavar="INTEGER",
        help="Train no variant with more.",
    ),
]
Vary = Annotated[
    list[str],
    typer.Option(
        help="What is varied: conv2d_1.filters=16,32,64; block_2.repeat=1..4; "
        "learning_rate=log:1e-4..1e-2; optimizer.momentum=0.8,0.9; scaling.depth=1,2; "
        "conv2d_1.block=Conv2D,SeparableConv2D; without.dropout; "
        "with search also conv2d_1+conv2d_2.cell=3",
        metavar="NAME=LEVELS",
    ),
]
DeletedToo = Annotated[
    bool,
    typer.Option(
        "--deleted", help="Train again what was deleted, also where it had a result already."
    ),
]
StudyName = Annotated[
    str, typer.Argument(metavar="STUDY", help="A study's id, or the beginning of it.")
]
Draws = Annotated[
    int | None,
    typer.Option(
        parser=whole_number(1, MAX_VARIANTS - 1),
        metavar="INTEGER",
        help="So many variants, drawn at random, in place of all of them.",
    ),
]
MoreSeeds = Annotated[
    int,
    typer.Option(
        parser=whole_number(0, MAX_SEEDS),
        metavar="INTEGER",
        help="Seeds to add; of a search fresh ones for the winner.",
    ),
]
MoreTrials = Annotated[
    int,
    typer.Option(
        parser=whole_number(0), metavar="INTEGER", help="Candidates to add, where it is a search."
    ),
]
Step = Annotated[
    float,
    typer.Option(
        parser=number(0.05), metavar="NUMBER", help="From one factor of the grid to the next."
    ),
]
Tolerance = Annotated[
    float,
    typer.Option(parser=number(0, 1), metavar="NUMBER", help="How far α·β²·γ² may be from 2."),
]
