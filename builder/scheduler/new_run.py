"""From an architecture and settings to a run that is ready to be started."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from builder.codegen.keras.script import to_script
from builder.datasets.published import known
from builder.files.architecture_file import to_json
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.runs.run_folder import Run
from builder.scheduler.launcher import create_run
from builder.training.settings import TrainingSettings


def new_run(
    home: Path,
    architecture: Architecture,
    settings: TrainingSettings,
    document_id: str = "",
    origin: Mapping[str, Any] | None = None,
) -> Run:
    """Freezes an architecture, its script and its settings in a new run's folder.

    Args:
        home: The data folder.
        architecture: The network.
        settings: How it is trained.
        document_id: The document that it comes from; empty for none.
        origin: More facts for the run, such as the study that it belongs to.

    Raises:
        BuilderError: The network has errors, or the settings name no data to train on.
    """
    inference = infer(architecture)
    script = to_script(architecture, settings)
    facts: dict[str, Any] = {
        "params": inference.total_params,
        "trainable_params": inference.trainable_params,
        "macs": inference.macs,
        "input_shapes": [list(shape) for shape in inference.input_shapes],
        "output_shapes": [list(shape or ()) for shape in inference.output_shapes],
        **(origin or {}),
    }
    data = known(settings.dataset)
    if data is not None and data.folder:
        facts["data"] = {  # for when the images are gone
            "title": data.title,
            "digest": data.digest,
            "classes": list(data.classes),
            "fit": data.fit,
            "value_ranges": [asdict(one) for one in data.value_ranges],
        }
    return create_run(
        home, document_id, architecture.name, to_json(architecture), script, settings, facts
    )
