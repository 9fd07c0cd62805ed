"""Guards the app: who may connect, under which names, and under which policy.

Start reading in `guard`, which every request passes. `settings` says what the operator chose,
`policy` what a page may load, `uploads` where the content of uploads goes. May import Streamlit's
options and runtime, and Starlette; draws nothing.
"""

from components.server.guard import RequestGuard
from components.server.settings import ServerSettings
from components.server.uploads import UploadsToDisk

__all__ = ["RequestGuard", "ServerSettings", "UploadsToDisk"]
