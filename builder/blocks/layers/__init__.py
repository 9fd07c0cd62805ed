"""Every layer of the catalogue, one file each, under Keras's own names.

The namespace stands for `keras.layers` in a module's source text. A file that is added to this
folder is found by itself.
"""

import importlib
import pkgutil
from typing import Any

from builder.blocks.base import Layer

LAYERS: dict[str, type[Layer]] = {}
for _info in pkgutil.iter_modules(__path__):
    _file = importlib.import_module(f"{__name__}.{_info.name}")
    for _value in vars(_file).values():
        is_layer = isinstance(_value, type) and issubclass(_value, Layer)
        if is_layer and _value.__module__ == _file.__name__:
            LAYERS[_value.__name__] = _value
globals().update(LAYERS)


def __getattr__(name: str) -> Any:
    try:
        return LAYERS[name]
    except KeyError:
        raise AttributeError(f"the catalogue has no layer {name!r}") from None
