"""The table of formats: what each entry makes, and of which networks."""

from pathlib import Path
from threading import Event

import pytest

from builder.actions.exports import FORMATS, ExportFormat, Subject
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.network.edits import remove
from builder.network.inference import infer
from builder.system.errors import BuilderError

SOUND = TEMPLATES["small_residual"].architecture
BROKEN = remove(SOUND, ["input_1"])
CHEAP = [one for one in FORMATS.values() if one.text is not None]

cheap = pytest.mark.parametrize("one", CHEAP, ids=lambda one: one.name)


def test_an_entry_says_all_that_is_needed_to_offer_it() -> None:
    for name, one in FORMATS.items():
        assert (one.name, bool(one.title), bool(one.about)) == (name, True, True)
        assert (one.text is None) is (one.write is not None) is bool(one.doing)
        assert one.media_type.count("/") == 1
    names = [one.file_name("net") for one in FORMATS.values()]
    assert len(names) == len({*names}), "no export overwrites another one"


@cheap
def test_what_is_made_in_a_moment_is_written_as_it_is(one: ExportFormat, tmp_path: Path) -> None:
    assert one.text is not None
    one.save(Subject(SOUND), tmp_path / "exported")
    assert (tmp_path / "exported").read_text("utf-8") == one.text(Subject(SOUND))


@cheap
@pytest.mark.parametrize(
    "network", [SOUND, BROKEN, Architecture("empty")], ids=["sound", "broken", "empty"]
)
def test_it_is_made_of_exactly_the_networks_that_have_no_obstacle(
    one: ExportFormat, network: Architecture, tmp_path: Path
) -> None:
    obstacle = one.obstacle(infer(network))
    if obstacle is None:
        one.save(Subject(network), tmp_path / "exported")
        return
    with pytest.raises(BuilderError) as refused:
        one.save(Subject(network), tmp_path / "exported")
    assert str(obstacle) in str(refused.value)
    assert not (tmp_path / "exported").exists()


def test_what_takes_seconds_can_be_cancelled(tmp_path: Path) -> None:
    cancelled = Event()
    cancelled.set()
    for one in FORMATS.values():
        if one.write is not None:
            with pytest.raises(BuilderError, match="cancelled"):
                one.save(Subject(SOUND), tmp_path / "exported", cancelled)
    assert not list(tmp_path.iterdir())
