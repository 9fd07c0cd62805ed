"""Where the app is served: on which address, under which names and base path, and for whom."""

import ipaddress
import os
import re
import socket
from dataclasses import dataclass
from typing import Self

import streamlit as st

SHARED = "CONVSTACK_SHARED"
"""Set to 1, the app may listen where other machines reach it."""

HOSTS = "CONVSTACK_HOSTS"
"""Names besides the loopback ones under which browsers reach the app, separated by commas."""

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_SEPARATORS = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What the operator chose.

    Attributes:
        address: The address that the server listens on; empty for all of the machine's.
        base_path: What precedes every path, such as `/user/ada`; empty for none.
        hosts: Names from `CONVSTACK_HOSTS`, in lower case; `*.example.org` stands for all names
            that end so, `*` for any name.
        is_shared: Whether other machines may reach the app.
    """

    address: str = "localhost"
    base_path: str = ""
    hosts: tuple[str, ...] = ()
    is_shared: bool = False

    @classmethod
    def read(cls) -> Self:
        """Reads Streamlit's options and the environment."""
        base_path = str(st.get_option("server.baseUrlPath") or "").strip("/")
        names = _SEPARATORS.split(os.environ.get(HOSTS, ""))
        return cls(
            address=str(st.get_option("server.address") or ""),
            base_path=f"/{base_path}" if base_path else "",
            hosts=tuple(name.lower().strip("[]").rstrip(".") for name in names if name),
            is_shared=os.environ.get(SHARED) == "1",
        )

    @property
    def is_refused(self) -> bool:
        """Whether other machines could reach the app although that was not allowed."""
        return not self.is_shared and not is_loopback(self.address)

    @property
    def refusal(self) -> str:
        """Says why the app does not start, and what to do."""
        where = f"on {self.address}" if self.address else "on every address of this machine"
        return (
            f"Convstack does not start {where}: other machines would reach it there, and it has no "
            "log-in, so whoever reaches it could change and delete everything.\n"
            "Listen on this machine only (--server.address localhost). If everyone on the network "
            f"is one person or one trusted group, set {SHARED}=1 and start again; "
            "docs/serving.md has more."
        )

    def names(self, host: str, reached: str | None) -> bool:
        """Says whether a request's host is a name of this app.

        Args:
            host: What the browser takes for the app's name, in lower case, without a port.
            reached: The local address that the connection reached, where it is known. A page of
                another site can make a browser send its own name, but no address as the name.
        """
        own = (*_LOOPBACK_NAMES, self.address.lower(), *self.hosts)
        if host in own or (reached and host == plain_address(reached)) or "*" in self.hosts:
            return True
        return any(name.startswith("*.") and host.endswith(name[1:]) for name in self.hosts)


def is_loopback(address: str) -> bool:
    """Says whether only this machine reaches an address, given as a number or a name."""
    try:
        return ipaddress.ip_address(plain_address(address)).is_loopback
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(address, None) if address else []
    except OSError:
        return False
    return bool(found) and all(is_loopback(str(entry[4][0])) for entry in found)


def plain_address(address: str) -> str:
    """Writes an address as it stands in a Host header, where IPv4 arrives at an IPv6 socket too."""
    return address.strip("[]").lower().removeprefix("::ffff:")
