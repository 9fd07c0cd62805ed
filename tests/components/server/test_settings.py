"""Where the app may listen, and what an operator can choose."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st

from components.server.settings import HOSTS, SHARED, ServerSettings, is_loopback
from tests.app_server import ROOT, free_port


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("::ffff:192.168.1.5", False),
        ("no.such.host.invalid", False),
        ("", False),
    ],
)
def test_which_addresses_only_this_machine_reaches(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected
    assert ServerSettings(address=address).is_refused is not expected
    assert not ServerSettings(address=address, is_shared=True).is_refused


def test_without_a_choice_only_this_machine_reaches_the_app() -> None:
    """Streamlit's own default listens on every address."""
    settings = ServerSettings.read()
    assert settings == ServerSettings(address="localhost")
    assert not settings.is_refused
    assert st.get_option("server.enableAgentApi") is False


def test_names_and_sharing_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOSTS, " Lab.example., [2001:db8::5]\t*.class.example ,")
    monkeypatch.setenv(SHARED, "1")
    settings = ServerSettings.read()
    assert settings.hosts == ("lab.example", "2001:db8::5", "*.class.example")
    assert settings.is_shared
    monkeypatch.setenv(SHARED, "0")
    assert not ServerSettings.read().is_shared


def test_a_base_path_is_read_however_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for written in ("user/ada", "/user/ada", "user/ada/", "/user/ada/"):
        monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": written}.get)
        assert ServerSettings.read().base_path == "/user/ada"


def test_the_app_does_not_start_where_other_machines_reach_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0"]
    started = subprocess.run(
        [*command, "--server.port", str(free_port())],
        cwd=ROOT,
        env={**os.environ, "CONVSTACK_HOME": str(tmp_path), SHARED: ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode == 1
    assert f"set {SHARED}=1" in started.stderr
    assert "Traceback" not in started.stderr
