"""The types of training settings, and the sections of their form."""

from typing import Annotated

from pydantic import Field, Strict

from builder.blocks.parameter import Section

Flag = Annotated[bool, Strict()]
Count = Annotated[int, Strict(), Field(ge=1)]
Real = Annotated[float, Field(allow_inf_nan=False)]
Beta = Annotated[Real, Field(ge=0, lt=1)]

DATA_SET = Section("data")
"""Marks a setting that is chosen among the existing data sets, outside of the form."""
OPTIMIZER = Section("optimizer")
SCHEDULE = Section("schedule")
SPEED = Section("speed", "Speed")
