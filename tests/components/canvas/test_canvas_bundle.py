"""The bundle in `static/` is made from the sources beside it."""

import hashlib
import re
from pathlib import Path

from components import canvas, scripts

FOLDER = Path(canvas.__file__).parent
FRONTEND, STATIC = FOLDER / "frontend", FOLDER / "static"


def sources() -> list[str]:
    """What the bundle is made from, as `vite.config.ts` lists it."""
    own = [path for path in (FRONTEND / "src").rglob("*") if path.suffix in {".ts", ".tsx", ".css"}]
    config = (FRONTEND / "vite.config.ts").read_text(encoding="utf-8")
    listed = re.search(r"const SHARED = \[(.*?)\]", config)
    assert listed is not None
    shared = [f"../../editor/frontend/{name}.js" for name in re.findall(r'"(\w+)"', listed[1])]
    names = [path.relative_to(FRONTEND).as_posix() for path in own]
    return sorted([*names, *shared, "package-lock.json", "vite.config.ts"])


def test_the_bundle_is_not_older_than_its_sources() -> None:
    digest = hashlib.sha256()
    for name in sources():
        digest.update((FRONTEND / name).read_bytes())
    digest.update((STATIC / "canvas.js").read_bytes())
    sealed = (STATIC / "seal.txt").read_text(encoding="utf-8").strip()
    assert digest.hexdigest() == sealed, "the canvas has changed: run `make canvas`"


def test_every_shared_module_that_is_imported_is_among_the_sources() -> None:
    imported = {
        name
        for path in (FRONTEND / "src").glob("*.ts*")
        for name in re.findall(r'"\.\./\.\./\.\./editor/frontend/(\w+\.js)"', path.read_text())
    }
    assert imported
    assert imported == {Path(name).name for name in sources() if name.startswith("..")}


def test_the_bundle_asks_no_other_host_for_anything() -> None:
    script = (STATIC / "canvas.js").read_text(encoding="utf-8")
    hosts = set(re.findall(r"https?://([\w.-]+)", script))
    # Namespaces, a framework's error texts and an attribution that is not shown.
    assert hosts <= {"www.w3.org", "react.dev", "reactflow.dev", "rolldown.rs"}
    assert not re.search(r"XMLHttpRequest|@import|url\(http", script)
    # What it asks for is a route beside the page: the server hands it a path, never a host.
    asked = re.findall(r"fetch\([^)]*\)", script)
    assert len(asked) == 1
    assert re.fullmatch(r"fetch\(new URL\(\w+, ?document\.baseURI\)", asked[0])


def test_what_is_bundled_is_named_with_its_license() -> None:
    text = (STATIC / "LICENSES.txt").read_text(encoding="utf-8")
    for name in ("@xyflow/react", "elkjs", "react", "react-dom", "zustand", "d3-zoom"):
        assert re.search(rf"^{re.escape(name)} \d", text, re.MULTILINE), name


def test_the_address_changes_with_the_content() -> None:
    assert re.fullmatch(r"_convstack/canvas/[0-9a-f]{12}/canvas\.js", scripts.canvas_url())
