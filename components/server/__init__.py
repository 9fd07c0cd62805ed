"""Guards the app: who may connect, under which names, and under which policy.

Start reading in `guard`, which every request passes. `settings` says what the operator chose,
`policy` what a page may load, `uploads` where the content of uploads goes; `at_once` has answers
leave at once. May import Streamlit's options and runtime, Starlette and uvicorn; draws nothing.
"""

from components.server.at_once import send_at_once
from components.server.guard import RequestGuard
from components.server.settings import ServerSettings
from components.server.uploads import UploadsToDisk

__all__ = ["RequestGuard", "ServerSettings", "UploadsToDisk", "send_at_once"]
