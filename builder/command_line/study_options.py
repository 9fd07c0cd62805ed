"""Options that the commands on studies share."""

from pathlib import Path
from typing import Annotated

import typer

Seeds = Annotated[
    int,
    typer.Option(
        min=1,
        max=100,
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
Detach = Annotated[
    bool, typer.Option("--detach", help="Print the study's id and return; it goes on by itself.")
]
MaxParams = Annotated[
    int | None, typer.Option("--budget-params", min=1, help="Train no variant with more.")
]
MaxMacs = Annotated[
    int | None, typer.Option("--budget-macs", min=1, help="Train no variant with more.")
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
StudyName = Annotated[
    str, typer.Argument(metavar="STUDY", help="A study's id, or the beginning of it.")
]
