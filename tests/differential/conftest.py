import os

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    """Each test begins to count Keras's automatic names anew, as a new process would."""
    from keras.backend import clear_session

    clear_session(free_memory=False)
