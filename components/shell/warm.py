"""Makes the first page faster: prepares what it needs while the browser is still loading."""

import gc
import importlib
import logging
import os
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from streamlit import delta_generator

if TYPE_CHECKING:
    from builder.scheduler.queue_watch import QueueWatch

_VARIABLE = "CONVSTACK_WARM_WORKER"
"""Set to 0, no worker waits, for machines where its memory is needed otherwise."""

_WORKERS = "builder.scheduler.warm"

_SWITCH_SECONDS = 0.0005
_SELDOM = (20_000, 50, 50)

_LATER_SECONDS = 6.0
"""Until what only the Studies page needs is prepared: the first page has its turn before."""

_DAY = 86_400.0
_LOOK_SECONDS = 30.0
"""Between two looks at whether a study has lost its process."""

log = logging.getLogger("convstack")

_watches: list["QueueWatch"] = []
_figures_wanted = threading.Event()


@asynccontextmanager
async def warm_up(_app: object) -> AsyncIterator[None]:
    """Prepares in the background as soon as the server has started; for the app's `lifespan`."""
    closing = threading.Event()
    _skip_the_look_for_a_repl()
    threading.Thread(target=_work, args=(closing,), name="warm-up", daemon=True).start()
    yield
    closing.set()
    _figures_wanted.set()
    if _watches:
        _watches.pop().stop()
    if _WORKERS in sys.modules:
        sys.modules[_WORKERS].workers.end()


def figures_soon() -> None:
    """Draws nothing; a figure is likely to come, so what Python needs for it is prepared now."""
    _figures_wanted.set()


def _work(closing: threading.Event) -> None:
    """Prepares, then keeps the data folder in order for as long as the server runs."""
    _make_ready()
    _keep_up()
    _figures_wanted.wait(_LATER_SECONDS)
    if not closing.is_set():
        _draw_once()
    emptied = time.monotonic()
    while not closing.wait(_LOOK_SECONDS):
        _take_up_studies()
        if time.monotonic() - emptied > _DAY:
            emptied = time.monotonic()
            _empty_trash()


def _skip_the_look_for_a_repl() -> None:
    """Spares the first page Streamlit's look at whether it runs in a REPL: this is its server.

    It would resolve the path of every module's file, 80 ms while others are being imported.
    """
    delta_generator._use_warning_has_been_displayed = True  # pyright: ignore[reportPrivateUsage]


def _make_ready() -> None:
    usual, collected = sys.getswitchinterval(), gc.get_threshold()
    # The page asks for about seventy small files meanwhile, and each waits for its turn.
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.set_threshold(*_SELDOM)  # of what is imported nothing is garbage
    try:
        importlib.import_module("components.design.page")
        importlib.import_module("components.routes")
        _use_once()
        # Streamlit collects garbage after every run of a page, with nobody else at work meanwhile:
        # 60 ms, unless it is spared the 100,000 objects of the imports, which stay anyway.
        gc.freeze()
    finally:
        sys.setswitchinterval(usual)
        gc.set_threshold(*collected)
    _take_up_trainings()


def _use_once() -> None:
    """Lets pydantic make the schemas of the blocks of which a new document consists."""
    from builder.gallery import TEMPLATES
    from builder.network.inference import infer
    from components.state import FIRST_TEMPLATE

    infer(TEMPLATES[FIRST_TEMPLATE].architecture)


def _draw_once() -> None:
    """Imports the Studies page with Plotly, and lets Plotly make its templates and validators."""
    from components.studies.pictures import draw_nothing

    draw_nothing()


def _keep_up() -> None:
    """Sweeps what killed processes have left behind, and what was deleted long ago."""
    from builder.actions import upkeep
    from builder.system.home import home

    sentence = upkeep.prepare(home())
    if sentence:
        log.warning(sentence)
    upkeep.sweep_all(home())
    _empty_trash()


def _empty_trash() -> None:
    """Removes for good what was deleted long ago; reports it, since it happens unasked."""
    from builder.actions import upkeep
    from builder.system.home import home

    for sentence in upkeep.empty_trash(home()):
        log.warning(sentence)


def _take_up_studies() -> None:
    """Starts the processes of studies that should run and have none, as after a power cut."""
    from builder.actions.studies import revive
    from builder.system.home import home

    revive(home())


def _take_up_trainings() -> None:
    """Watches the queue and allows a waiting worker from now on."""
    from builder.scheduler.queue_watch import QueueWatch
    from builder.scheduler.warm import workers
    from builder.system.home import home

    workers.allowed = os.environ.get(_VARIABLE) != "0"
    _watches.append(QueueWatch(home()))
    _watches[-1].start()
    _take_up_studies()
