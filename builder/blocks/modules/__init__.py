"""Every built-in module of the catalogue. A file added to this folder is found by itself."""

import importlib
import pkgutil

for _info in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_info.name}")
