"""The entry: what `streamlit run app.py` serves."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from components import scripts
from tests.app_server import ROOT, AppServer, running
from tests.browser import READY, shared_visitor

MAX_SERVER_BYTES = 250e6

DRAW_EVERY_PAGE = """
import sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_file("app.py", default_timeout=60).run()
assert not app.exception, app.exception
for page in ("train", "runs", "design"):
    app.switch_page(f"components/pages/{page}.py").run()
    assert not app.exception, app.exception
heavy = {"tensorflow", "keras", "torch", "jax", "sklearn", "pandas"}
print(*sorted(heavy & sys.modules.keys()))
"""

DRAW_FIRST_PAGE = """
import sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_file("app.py", default_timeout=60).run()
assert not app.exception, app.exception
import components.routes
print(*sorted({"numpy", "PIL.Image"} & sys.modules.keys()))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    with running(ROOT / "app.py", tmp_path_factory.mktemp("app")) as app:
        yield app


@pytest.fixture
def page() -> Iterator[Page]:
    with shared_visitor() as visitor:
        yield visitor.new_page()


def printed(script: str, home: Path) -> list[str]:
    """The words that a script prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "CONVSTACK_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.page
def test_no_page_imports_what_takes_long_or_much_memory(tmp_path: Path) -> None:
    assert printed(DRAW_EVERY_PAGE, tmp_path) == []


def test_the_server_listens_before_the_core_is_imported(tmp_path: Path) -> None:
    """What a page needs is imported while the browser loads Streamlit's own scripts."""
    code = "import sys, app; print(*(name for name in sys.modules if name.startswith('builder.')))"
    parts = {name.split(".")[1] for name in printed(code, tmp_path)}
    assert parts <= {"codegen", "system"}, parts


@pytest.mark.page
def test_the_first_page_imports_no_numpy(tmp_path: Path) -> None:
    """A seventh of a second and 11 MB; Streamlit imports it for a logo and for a page's icon."""
    assert printed(DRAW_FIRST_PAGE, tmp_path) == []


@pytest.mark.browser
def test_every_page_opens_small_and_without_a_request_elsewhere(
    server: AppServer, page: Page
) -> None:
    hosts: set[str] = set()
    problems: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("pageerror", lambda error: problems.append(str(error)))
    for path, title in (("/", "Design"), ("/train", "Train"), ("/runs", "Runs")):
        page.goto(server.url + path)
        page.wait_for_selector(READY)
        expect(page.get_by_role("link", name=title, exact=True)).to_have_attribute(
            "aria-current", "page"
        )
        expect(page).to_have_title(f"{title} · Convstack")
        assert page.get_by_text("could not be drawn").count() == 0
    assert hosts - {""} == {urlsplit(server.url).netloc}
    assert problems == []
    assert psutil.Process(server.process.pid).memory_info().rss < MAX_SERVER_BYTES
    mapped = Path(f"/proc/{server.process.pid}/maps")
    assert not mapped.exists() or "tensorflow" not in mapped.read_text()


@pytest.mark.browser
def test_the_boards_scripts_are_loaded_while_the_server_draws(
    server: AppServer, page: Page
) -> None:
    """The frame names them all, so that none waits for another; and none is loaded twice."""
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.removeprefix(f"{server.url}/")))
    page.goto(server.url)
    page.wait_for_selector('.row[data-node-id="dense_1"]')
    parts = scripts.script_urls("board")
    links = page.locator("link[rel=modulepreload]").evaluate_all(
        "links => links.map((link) => link.getAttribute('href'))"
    )
    assert [link for link in links if link.startswith(scripts.ADDRESS)] == [*parts]
    own = [path for path in loaded if f"{scripts.ADDRESS}/scripts/" in path and "elk" not in path]
    assert sorted(own) == sorted(parts)


@pytest.mark.browser
def test_the_first_page_loads_no_fields(server: AppServer, page: Page) -> None:
    """Nothing on it is to be filled in: fields of Streamlit's are a third of all its scripts."""
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(server.url)
    page.wait_for_selector('.react-flow__node[data-id="dense_1"]')
    page.wait_for_selector(READY)
    kinds = {url.rpartition("/")[2].partition(".")[0] for url in loaded if "/static/js/" in url}
    assert "BidiComponent" in kinds
    assert not kinds & {"Checkbox", "Selectbox", "NumberInput", "TextInput", "Input", "Slider"}


@pytest.mark.browser
def test_the_first_page_is_drawn_once(server: AppServer, page: Page) -> None:
    """The board tells the page which views it shows only where the page draws others."""
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda one: sent.append(one)))
    page.goto(server.url)
    page.wait_for_selector('.react-flow__node[data-id="dense_1"]')
    page.wait_for_selector(READY)
    assert len(sent) == 1


@pytest.mark.browser
def test_back_leaves_a_page_at_the_first_press(server: AppServer, page: Page) -> None:
    page.goto(server.url)
    page.wait_for_url("**/?doc=*")
    steps = [page.url]
    pages = {"Train": "**/train?doc=*", "Runs": "**/runs", "Design": "**/?doc=*"}
    for title, address in pages.items():
        page.get_by_role("link", name=title, exact=True).click()
        page.wait_for_url(address)
        steps.append(page.url)
    assert len(set(steps[:3])) == 3
    for title, address in zip(("Runs", "Train", "Design"), reversed(steps[:-1]), strict=True):
        page.go_back()
        expect(page).to_have_url(address)
        expect(page).to_have_title(f"{title} · Convstack")
        page.wait_for_selector(READY)
        assert page.url == address


@pytest.mark.browser
def test_links_within_a_page_are_steps_of_their_own(server: AppServer, page: Page) -> None:
    """The list's menu leads to a question, and the page's name in the header back to the list."""
    page.goto(f"{server.url}/studies")
    page.wait_for_url("**/studies?doc=*")
    page.get_by_role("button", name="New study").click()
    page.get_by_role("link", name="What is each part worth?").click()
    page.wait_for_url("**/studies?new=ablation&doc=*")
    expect(page.get_by_role("button", name="Start the study")).to_be_visible()
    page.get_by_role("link", name="Studies", exact=True).click()
    page.wait_for_url("**/studies?doc=*")
    expect(page.get_by_role("button", name="New study")).to_be_visible()
    page.go_back()
    page.wait_for_url("**/studies?new=ablation&doc=*")
    expect(page.get_by_role("button", name="Start the study")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("way", ["link", "back"])
def test_what_the_board_tells_does_not_lead_back_to_its_page(
    server: AppServer, page: Page, way: str
) -> None:
    """A slow server: a press on another page is answered after the board has told something."""
    held: list[Callable[[], None]] = []
    is_slow = False

    def connect(client: WebSocketRoute) -> None:
        upstream = client.connect_to_server()
        upstream.on_message(
            lambda message: (
                held.append(lambda: client.send(message)) if is_slow else client.send(message)
            )
        )

    page.route_web_socket("**/_stcore/stream", connect)
    page.goto(f"{server.url}/runs")
    page.wait_for_selector(READY)
    page.get_by_role("link", name="Design", exact=True).click()
    page.wait_for_selector('.row[data-node-id="dense_1"]')
    page.wait_for_selector(READY)
    is_slow = True
    if way == "link":
        page.get_by_role("link", name="Runs", exact=True).click()
    else:
        page.evaluate("history.back()")
        page.wait_for_url("**/runs")
    page.get_by_role("tab", name="Layers").click()
    page.wait_for_timeout(500)
    is_slow = False
    for send in held:
        send()
    expect(page).to_have_title("Runs · Convstack")
    page.wait_for_selector(READY)
    expect(page).to_have_title("Runs · Convstack")
    expect(page).to_have_url(f"{server.url}/runs")
