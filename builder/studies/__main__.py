"""The process of a study: `python -m builder.studies FOLDER`."""

import logging
import sys
from pathlib import Path

from builder.studies.conductor import conduct
from builder.system.errors import BuilderError

if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    try:
        conduct(Path(sys.argv[1]).absolute())
    except BuilderError as error:
        sys.exit(str(error))
