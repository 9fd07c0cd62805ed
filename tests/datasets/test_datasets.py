import gzip
import io
import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.datasets import availability, published
from builder.datasets.samples import samples
from builder.system.errors import FormatError, ParameterError


@pytest.fixture(autouse=True)
def keras_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    folder = tmp_path / "keras" / "datasets"
    folder.mkdir(parents=True)
    return folder


def unreachable(*_: object, **__: object) -> None:
    raise socket.gaierror(-2, "Name or service not known")


def write_mnist(folder: Path, images: Any, labels: Any) -> None:
    np.savez(folder / "mnist.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)


def write_idx(path: Path, array: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    header = np.array([0x0800 + array.ndim, *array.shape], dtype=">u4")
    with gzip.open(path, "wb") as file:
        file.write(header.tobytes() + array.tobytes())


def write_fashion(folder: Path, images: Any, labels: Any) -> None:
    write_idx(folder / "fashion-mnist" / "train-images-idx3-ubyte.gz", images)
    write_idx(folder / "fashion-mnist" / "train-labels-idx1-ubyte.gz", labels)


def write_cifar(path: Path, rows: Any, key: bytes, labels: Any) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(pickle.dumps({b"data": rows, key: labels}, protocol=2))


@pytest.mark.parametrize("name", published.catalogue())
def test_the_catalogue_agrees_with_itself(name: str) -> None:
    found = published.dataset(name)
    assert sum(found.class_counts) == found.num_images
    assert len(found.class_counts) == found.num_classes == len(set(found.classes))
    assert bool(found.host) == bool(found.download_bytes)


def test_digits_are_what_the_catalogue_says() -> None:
    found = samples("digits", 1_797)
    assert found is not None
    expected = published.dataset("digits")
    assert found.images.shape[1:] == expected.image_shape
    assert (found.images.min(), found.images.max()) == (0, 255)
    path = availability.digits_file()
    assert path is not None
    with gzip.open(path, "rt") as file:
        labels = np.loadtxt(file, delimiter=",")[:, 64].astype(int)
    assert tuple(np.bincount(labels)) == expected.class_counts


def test_a_preview_shows_every_class_once_before_any_twice() -> None:
    found = samples("digits", 12)
    assert found is not None
    assert found.labels.tolist() == [*range(10), 0, 1]


def test_an_unknown_name_is_refused() -> None:
    for name in ("imagenet", "placeholder", "../digits"):
        with pytest.raises(ParameterError, match="expected one of digits"):
            availability.availability(name)


def test_digits_need_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", unreachable)
    assert availability.availability("digits", probe=True).state == "cached"


def test_without_a_network_a_download_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", unreachable)
    found = availability.availability("cifar10", probe=True)
    assert found.state == "unavailable"
    assert "www.cs.toronto.edu cannot be reached" in found.message
    assert "What works now: Handwritten digits." in found.message


def test_no_connection_is_tried_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("it connected")

    monkeypatch.setattr(socket, "create_connection", fail)
    found = availability.availability("cifar10")
    assert (found.state, "170 MB" in found.message) == ("download", True)


def test_a_file_of_another_size_is_not_taken_for_the_download(keras_folder: Path) -> None:
    images = np.zeros((4, 28, 28), np.uint8)
    write_mnist(keras_folder, images, np.arange(4))
    assert availability.availability("mnist").state == "download"
    with (keras_folder / "mnist.npz").open("r+b") as file:
        file.truncate(11_490_434)
    assert availability.availability("mnist").state == "cached"


def test_files_that_keras_does_not_verify_may_have_any_size(keras_folder: Path) -> None:
    images = np.zeros((4, 28, 28), np.uint8)
    write_fashion(keras_folder, images, np.arange(4, dtype=np.uint8))
    assert availability.availability("fashion_mnist").state == "download"
    for name in ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"):
        (keras_folder / "fashion-mnist" / name).write_bytes(b"x")
    assert availability.availability("fashion_mnist").state == "cached"


def test_samples_of_a_set_that_is_not_there_are_none() -> None:
    assert samples("cifar100") is None


@pytest.mark.parametrize("compressed", [True, False])
def test_mnist_is_read_from_its_npz(keras_folder: Path, compressed: bool) -> None:
    images = np.random.default_rng(0).integers(0, 256, (30, 28, 28), dtype=np.uint8)
    save = np.savez_compressed if compressed else np.savez
    save(keras_folder / "mnist.npz", x_train=images, y_train=np.arange(30, dtype=np.uint8) % 10)
    found = samples("mnist", 30)
    assert found is not None
    assert found.images[..., 0][found.labels == 3].tolist() == images[[3, 13, 23]].tolist()


def test_fashion_mnist_is_read_from_its_idx_files(keras_folder: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (10, 28, 28), dtype=np.uint8)
    write_fashion(keras_folder, images, np.arange(10, dtype=np.uint8))
    found = samples("fashion_mnist", 10)
    assert found is not None
    assert np.array_equal(found.images[..., 0], images)


@pytest.mark.parametrize(
    ("name", "path", "key"),
    [
        ("cifar10", "cifar-10-batches-py-target/cifar-10-batches-py/data_batch_1", b"labels"),
        ("cifar100", "cifar-100-python-target/cifar-100-python/train", b"fine_labels"),
    ],
)
def test_cifar_is_read_from_its_pickles(
    keras_folder: Path, name: str, path: str, key: bytes
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (10, 32, 32, 3), dtype=np.uint8)
    rows = images.transpose(0, 3, 1, 2).reshape(10, -1)
    write_cifar(keras_folder / path, rows, key, list(range(10)))
    found = samples(name, 10)
    assert found is not None
    assert np.array_equal(found.images, images)


class Hostile:
    def __reduce__(self) -> Any:
        return os.mkdir, ("executed",)


def test_a_pickle_that_wants_to_run_something_is_refused(
    keras_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = keras_folder / "cifar-10-batches-py-target/cifar-10-batches-py/data_batch_1"
    write_cifar(path, Hostile(), b"labels", [0])
    with pytest.raises(FormatError, match=r"it asks for posix\.mkdir"):
        samples("cifar10")
    assert not (tmp_path / "executed").exists()


def object_npz() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, x_train=np.array([Hostile()], dtype=object), y_train=np.array([1]))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 broken", object_npz()],
    ids=["empty", "broken", "objects"],
)
def test_a_damaged_npz_gives_a_message(keras_folder: Path, content: bytes) -> None:
    (keras_folder / "mnist.npz").write_bytes(content)
    with pytest.raises(FormatError, match="MNIST: the files on this machine cannot be read"):
        samples("mnist")


def test_an_idx_that_promises_more_than_it_holds_gives_a_message(keras_folder: Path) -> None:
    write_fashion(keras_folder, np.zeros((9, 28, 28), np.uint8), np.zeros(9, np.uint8))
    path = keras_folder / "fashion-mnist" / "train-images-idx3-ubyte.gz"
    with gzip.open(path, "wb") as file:
        file.write(np.array([0x0803, 2**31, 28, 28], dtype=">u4").tobytes())
    with pytest.raises(FormatError):
        samples("fashion_mnist")


def test_labels_out_of_range_give_a_message(keras_folder: Path) -> None:
    write_mnist(keras_folder, np.zeros((2, 28, 28), np.uint8), np.array([3, 200]))
    with pytest.raises(FormatError, match="labels from 3 to 200"):
        samples("mnist")


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from builder.datasets import availability, samples;"
        "from builder.scheduler import launcher; from builder.checks import training_check;"
        "samples.samples('digits'); availability.availability('mnist');"
        "print([name for name in ('sklearn', 'keras', 'tensorflow', 'streamlit') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
