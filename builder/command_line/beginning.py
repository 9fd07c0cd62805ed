"""Begins a training: reports what is in its way, what was changed, and how long it will take."""

import json
from typing import Any

import typer

from builder.actions import training as actions
from builder.actions.training import Preflight
from builder.checks.finding import Finding
from builder.checks.readiness import mend_all
from builder.command_line.shared import ERRORS, err, fail, tell_unused
from builder.datasets.availability import availability
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.runs.run_folder import Run, list_runs
from builder.system.devices import devices
from builder.system.errors import BuilderError
from builder.system.home import home
from builder.system.level import Level
from builder.training.settings import TrainingSettings
from builder.transforms.fixes import ChangeSetting


def tell_settings(own: dict[str, Any] | None, settings: TrainingSettings) -> None:
    """Reports which of a document's settings differ from those used here."""
    try:
        kept = TrainingSettings.create(own or {}).values() if own else {}
    except BuilderError as error:
        err.print(f"left out: the document's training settings: {error}")
        return
    used = settings.values()
    different = [
        f"{name} {json.dumps(value)} (here {json.dumps(used[name])})"
        for name, value in kept.items()
        if value != used[name]
    ]
    if different:
        err.print(
            f"left out: the document's training settings, {', '.join(different)}; give as options "
            "what is to be so, or the whole file as --settings",
        )


def as_option(finding: Finding) -> str:
    """The fix of a finding as a command line option, if it sets something."""
    fix = finding.fix
    if not isinstance(fix, ChangeSetting):
        return ""
    return f"--{fix.setting.replace('_', '-')} {fix.value}"


def _tell(flight: Preflight, *, force: bool) -> None:
    """Reports what is known about a training; ends the program if something is in its way."""
    found = flight.check
    is_forced = flight.may_start(force=force) and not found.ok
    for finding in found.findings:
        if finding.level is not Level.ERROR or is_forced:
            name = "note" if finding.level is Level.INFO else "warning"
            err.print(f"{name}: {finding.message}")
    if found.can_be_forced and not force:
        options = [option for one in found.errors if (option := as_option(one))]
        fail(f"{found.sentence} Give {' or '.join([*options, '--force'])}", ERRORS)
    if not found.ok and not is_forced:
        fail(found.sentence, ERRORS)
    if found.ok:
        err.print(found.sentence)
    if flight.time is not None:
        epochs = flight.settings.epochs
        words = "1 epoch" if epochs == 1 else f"{epochs:,} epochs"
        err.print(f"{words}: {flight.time.words}.")


def begin(
    architecture: Architecture, settings: TrainingSettings, *, force: bool, dry_run: bool
) -> Run:
    """Fixes and checks an architecture, makes its run and starts it, or ends the program."""
    errors = infer(architecture).errors
    if errors:
        for issue in errors:
            err.print(f"error: {issue}")
        raise typer.Exit(ERRORS)
    tell_unused(architecture)
    architecture, settings, done = mend_all(architecture, settings)
    for effect in done:
        err.print(f"Changed for these data: {effect}.")
    reach = availability(settings.dataset, probe=True)
    flight = actions.preflight(home(), architecture, settings, devices(), list_runs(home()), reach)
    _tell(flight, force=force)
    if dry_run:
        raise typer.Exit(0)
    return actions.start(home(), flight, force=force)
