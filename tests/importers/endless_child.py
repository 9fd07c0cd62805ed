"""A process that takes for ever, as does one of a session of its own that it has started."""

import subprocess
import sys

subprocess.run(
    [sys.executable, "-c", "import time; time.sleep(600)"], check=False, start_new_session=True
)
