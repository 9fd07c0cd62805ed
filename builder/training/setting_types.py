"""The kinds of values that training settings are made of."""

from typing import Annotated

from pydantic import Field, Strict

Flag = Annotated[bool, Strict()]
Count = Annotated[int, Strict(), Field(ge=1)]
Real = Annotated[float, Field(allow_inf_nan=False)]
Beta = Annotated[Real, Field(ge=0, lt=1)]
