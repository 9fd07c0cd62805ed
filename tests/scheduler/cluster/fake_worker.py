"""A worker without Keras: writes what a real one writes, and goes on from its last checkpoint.

`python -m tests.scheduler.cluster.fake_worker RUN_FOLDER`; epochs of five batches. It ends with its
standard input, as a tethered one does.
"""

import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from builder.runs.metrics_writer import MetricsWriter
from builder.runs.requests import read_request
from builder.runs.run_folder import current_settings, read
from builder.runs.run_state import BEST, CHECKPOINTS, MODEL, write_state
from builder.runs.status import RunStatus
from builder.runs.stop_request import StoppedError, StopRequest
from builder.runs.worker_lock import WorkerLock
from builder.system.atomic import write_atomically

NUM_BATCHES = 5
BATCH_SECONDS = 0.03
MODEL_BYTES = 9 << 20
"""More than two pieces."""


def main(folder: Path) -> int:
    stop = StopRequest()
    stop.listen()
    lock = WorkerLock(folder)
    assert lock.acquire()
    stop.take_up(read_request(folder))
    run = read(folder)
    settings = current_settings(run)
    assert settings is not None
    assert run.state.state == RunStatus.QUEUED, run.state
    epoch = _latest(folder)
    sys.stderr.write(f"going on behind epoch {epoch}\n")
    state = replace(run.state, state=RunStatus.STARTING, session=run.state.session + 1)
    write_state(folder, state)
    with MetricsWriter(folder, NUM_BATCHES, 2, 10, epoch * NUM_BATCHES) as writer:
        writer.forget(epoch * NUM_BATCHES, epoch)
        try:
            while epoch < settings.epochs:
                epoch += 1
                for batch in range(NUM_BATCHES):
                    stop.obey()
                    time.sleep(BATCH_SECONDS)
                    writer.add_batch(epoch, batch, {"loss": 1 / epoch})
                    state = replace(state, state=RunStatus.RUNNING, epoch=epoch, batch=batch + 1)
                    write_state(folder, state)
                writer.add_epoch(epoch, {"loss": 1 / epoch, "session": state.session})
                _save(folder, epoch)
            ended = RunStatus.FINISHED
        except StoppedError as stopped:
            ended = stopped.state
    (folder / MODEL).write_bytes(b"m" * MODEL_BYTES)
    write_state(folder, replace(state, state=ended))
    return 0 if ended == RunStatus.FINISHED else 75


def _latest(folder: Path) -> int:
    try:
        return int((folder / CHECKPOINTS / "LATEST").read_text().strip().removeprefix("epoch-"))
    except OSError:
        return 0


def _save(folder: Path, epoch: int) -> None:
    write_atomically(folder / BEST, f"best of {epoch}")
    half = folder / CHECKPOINTS / f".epoch-{epoch:06d}"
    half.mkdir(parents=True)
    (half / MODEL).write_bytes(bytes([epoch]) * MODEL_BYTES)
    half.rename(folder / CHECKPOINTS / f"epoch-{epoch:06d}")
    write_atomically(folder / CHECKPOINTS / "LATEST", f"epoch-{epoch:06d}\n")


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(76)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.exit(main(Path(sys.argv[1])))
