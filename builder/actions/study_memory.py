"""Whether the memory of this machine is enough for a study, before it starts.

The estimate is that of a single training (`builder/checks/memory_need.py`), for the variant that
needs the most. A search does not know its candidates yet: it is the one with the largest of all
numbers that are searched, if its budget allows that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.checks.finding import Finding
from builder.checks.machine_check import memory_finding
from builder.checks.memory_need import (
    MemoryEstimate,
    estimate_memory,
    in_words,
    memory_need,
    purpose,
)
from builder.network.inference import infer
from builder.runs.run_folder import Run
from builder.scheduler.memory_check import when_its_turn_comes
from builder.studies.factor import Factor
from builder.studies.ranges import Range
from builder.studies.study import Study
from builder.studies.variants import Variant, changes, variant
from builder.system.devices import Device
from builder.system.errors import BuilderError


@dataclass(frozen=True)
class StudyMemory:
    """What the variant that needs the most takes, and what is free for it.

    Attributes:
        title: The variant.
        estimate: Its memory, in bytes.
        finding: That it does not fit; None where it does.
    """

    title: str
    estimate: MemoryEstimate
    finding: Finding | None

    @property
    def words(self) -> str:
        """As a sentence: what it needs, of what is free."""
        free = self.estimate.free
        of_free = f", of {in_words(free)} free" if free is not None else ""
        needed = f"{in_words(self.estimate.needed)} {purpose(self.estimate.batch_size)}"
        return f"Memory: at most {needed}{of_free} ({self.title})."

    @property
    def obstacle(self) -> str:
        """Why the study should not start, in sentences; empty where nothing is in its way."""
        return f"{self.title}: {self.finding.message}" if self.finding else ""


def largest(study: Study) -> Variant | None:
    """The variant that needs the most memory of this machine; None where none trains here."""
    local = [each for each in _trained(study) if each.settings.is_local]
    return max(local, key=_need, default=None)


def _need(trained: Variant) -> int:
    assert trained.architecture is not None
    need = memory_need(infer(trained.architecture), trained.settings)
    return need.at(trained.settings.batch_size)


def memory_of(
    found: Variant | None, machine: Sequence[Device], runs: Sequence[Run]
) -> StudyMemory | None:
    """Compares the largest variant with what is free on this machine.

    Args:
        found: What `largest` gave.
        machine: The devices of this machine as they are now.
        runs: All runs; that which trains will have ended by then.

    Returns:
        None where it cannot be estimated: the run itself says more of it.
    """
    if found is None or found.architecture is None:
        return None
    known = infer(found.architecture)
    ready = when_its_turn_comes(machine, runs, found.settings.device)
    try:
        estimate = estimate_memory(known, found.settings, ready)
    except BuilderError:
        return None
    return StudyMemory(found.title, estimate, memory_finding(estimate, known.input_shapes[0]))


def _trained(study: Study) -> Iterator[Variant]:
    yield from study.trained
    yield from filter(study.only_fresh, study.variants)
    if study.is_search:
        highest = {n: level for n, each in enumerate(study.factors) for level in _highest(each)}
        corner = changes(study.subject, study.factors, highest)
        made = variant(study.subject, study.factors, corner, "", study.budget)
        if made.is_trained:
            yield made


def _highest(factor: Factor) -> Iterator[float]:
    """The largest level of a factor whose levels are numbers."""
    dimension = factor.dimensions().get(factor.name, ())
    levels = (dimension.at(1),) if isinstance(dimension, Range) else dimension
    if levels and all(isinstance(level, int | float) for level in levels):
        yield max(levels)
