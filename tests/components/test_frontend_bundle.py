"""The scripts in `static/` are made from the sources beside it."""

import hashlib
import re
from pathlib import PurePosixPath

import pytest

from components import scripts
from components.scripts import FRONTEND, STATIC
from components.shell.scripts import inline_scripts

BUILT = sorted(STATIC.glob("*.js"))
OURS = [path for path in BUILT if path.name != "elk-worker.min.js"]


def sources() -> list[str]:
    """What the scripts are made from, as `vite.config.ts` lists it."""
    kinds = {".js", ".ts", ".tsx", ".css"}
    own = [path for path in (FRONTEND / "src").rglob("*") if path.suffix in kinds]
    names = [path.relative_to(FRONTEND).as_posix() for path in own]
    return sorted([*names, "package-lock.json", "vite.config.ts"])


def test_the_scripts_are_not_older_than_their_sources() -> None:
    digest = hashlib.sha256()
    for name in sources():
        digest.update((FRONTEND / name).read_bytes())
    for path in BUILT:
        digest.update(path.read_bytes())
    sealed = (STATIC / "seal.txt").read_text(encoding="utf-8").strip()
    assert digest.hexdigest() == sealed, "a script has changed: run `make frontend`"


def test_no_script_asks_another_host_for_anything() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in OURS)
    hosts = set(re.findall(r"https?://([\w.-]+)", text))
    # Namespaces, a framework's error texts and an attribution that is not shown.
    assert hosts <= {"www.w3.org", "react.dev", "reactflow.dev", "rolldown.rs"}
    assert not re.search(r"XMLHttpRequest|@import|url\(http", text)
    # What is asked for is a route beside the page: the server hands over a path, never a host.
    asked = re.findall(r"fetch\([^)]*\)", text)
    assert asked
    for call in asked:
        assert re.match(r"fetch\(new URL\(\w+, ?document\.baseURI\)", call), call


def test_scripts_that_stand_in_the_page_need_nothing_and_leave_nothing() -> None:
    """They are no modules, and each drawing runs them again."""
    for text in inline_scripts():
        assert text.startswith("(() => {"), text[:20]
        assert text.rstrip().endswith("})();")
        assert not re.search(r"\b(import|export)\b|window\.|globalThis", text)
        assert not re.search(r"<[\w/!]", text), "DOMPurify takes out what seems to hold a tag"


def test_what_is_bundled_is_named_with_its_license() -> None:
    text = (STATIC / "LICENSES.txt").read_text(encoding="utf-8")
    for name in ("@xyflow/react", "elkjs", "react", "react-dom", "zustand", "d3-zoom"):
        assert re.search(rf"^{re.escape(name)} \d", text, re.MULTILINE), name


@pytest.mark.parametrize("name", ["board", "charts", "runs_table"])
def test_all_parts_of_a_script_are_named(name: str) -> None:
    addresses = scripts.script_urls(name)
    assert addresses[0] == scripts.script_url(name)
    found = {PurePosixPath(address).name for address in addresses}
    for part in found:
        text = (STATIC / part).read_text(encoding="utf-8")
        assert {*re.findall(r"""["'`]\./(shared-[\w-]+\.js)["'`]""", text)} <= found


def test_the_address_changes_with_the_content() -> None:
    address = scripts.script_url("board")
    assert re.fullmatch(r"_convstack/scripts/[0-9a-f]{12}/board\.js", address)
    assert address in scripts.loader("board")
    with pytest.raises(KeyError):
        scripts.script_url("none")
