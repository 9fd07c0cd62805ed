"""What stands between the network and the app: who may connect, to which names, under which policy.

Start reading in `guard`, which every request passes. `settings` says what the operator chose,
`policy` what a page may load. May import Streamlit's options and Starlette; draws nothing.
"""

from components.server.guard import RequestGuard
from components.server.settings import ServerSettings

__all__ = ["RequestGuard", "ServerSettings"]
