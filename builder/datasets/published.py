"""The data sets that a model can be trained on; `availability` says which are available here."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from builder.datasets.names import OWN
from builder.datasets.own_images import shelf
from builder.datasets.own_images.shelf import OwnDataset
from builder.datasets.own_images.target import Fit
from builder.datasets.own_images.value_range import Ranges
from builder.system.errors import BuilderError, refused
from builder.system.home import home


@dataclass(frozen=True, slots=True)
class CachedFile:
    """A file that Keras's loader downloads.

    Attributes:
        path: Where it lies, relative to Keras's `datasets` folder.
        size: In bytes.
        verified: Whether Keras compares its hash, so that a file of another size is of no use.
    """

    path: str
    size: int
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is known about a data set without reading it.

    Attributes:
        name: Its name in the settings and in Keras.
        title: Its name on the screen.
        summary: One sentence on what it shows.
        classes: The names of the classes, in the order of their numbers.
        height: Of each image, in pixels.
        width: Of each image, in pixels.
        channels: 1 for gray, 3 for red, green and blue.
        num_images: Images for training and validation; the test set is not counted.
        num_test_images: Images that the authors of the data set keep for a last test; 0 for none.
        class_counts: How many of `num_images` each class has.
        validation_class_counts: How many of these are in the validation set that came with the
            images; empty where none did.
        warnings: Problems of the images that spoil a training or its figures, in sentences.
        host: Where the download comes from; empty where there is none.
        files: The files to download.
        folder: The folder with the arrays of a person's own images; empty for all others.
        digest: Of the content of a person's own images; empty for all others.
        fit: How a person's own images were converted to this size.
        value_ranges: The values that became 0 to 255; empty where that is not known.
    """

    name: str
    title: str
    summary: str
    classes: tuple[str, ...]
    height: int
    width: int
    channels: int
    num_images: int
    num_test_images: int
    class_counts: tuple[int, ...]
    host: str = ""
    files: tuple[CachedFile, ...] = ()
    folder: str = ""
    digest: str = ""
    validation_class_counts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    fit: Fit = "stretch"
    value_ranges: Ranges = ()

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.classes)

    @property
    def has_own_test(self) -> bool:
        """Whether a test set came with the images."""
        return self.num_test_images > 0

    @property
    def num_validation_images(self) -> int:
        """Images of the validation set that came with the others; 0 for none."""
        return sum(self.validation_class_counts)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """`(height, width, channels)` of one image."""
        return self.height, self.width, self.channels

    @property
    def download_bytes(self) -> int:
        """Bytes to download, once."""
        return sum(file.size for file in self.files)


_TENSORFLOW_HOST = "storage.googleapis.com"
_TORONTO_HOST = "www.cs.toronto.edu"
_NUMERALS = tuple("0123456789")

_CIFAR100_NAMES = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus
butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch
crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo
keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain
plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk
skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone
television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
"""
_CIFAR100_CLASSES = tuple(name.replace("_", " ") for name in _CIFAR100_NAMES.split())

_DATASETS = (
    Dataset(
        name="digits",
        title="Handwritten digits",
        summary="Small gray digits that come with scikit-learn; no network needed.",
        classes=_NUMERALS,
        height=8,
        width=8,
        channels=1,
        num_images=1_797,
        num_test_images=0,
        class_counts=(178, 182, 177, 183, 181, 182, 181, 179, 174, 180),
    ),
    Dataset(
        name="mnist",
        title="MNIST",
        summary="Gray handwritten digits, centered.",
        classes=_NUMERALS,
        height=28,
        width=28,
        channels=1,
        num_images=60_000,
        num_test_images=10_000,
        class_counts=(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
        host=_TENSORFLOW_HOST,
        files=(CachedFile("mnist.npz", 11_490_434),),
    ),
    Dataset(
        name="fashion_mnist",
        title="Fashion-MNIST",
        summary="Gray pictures of clothes, in MNIST's format.",
        classes=(
            "T-shirt/top",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle boot",
        ),
        height=28,
        width=28,
        channels=1,
        num_images=60_000,
        num_test_images=10_000,
        class_counts=(6_000,) * 10,
        host=_TENSORFLOW_HOST,
        files=(
            CachedFile("fashion-mnist/train-labels-idx1-ubyte.gz", 29_515, verified=False),
            CachedFile("fashion-mnist/train-images-idx3-ubyte.gz", 26_421_880, verified=False),
            CachedFile("fashion-mnist/t10k-labels-idx1-ubyte.gz", 5_148, verified=False),
            CachedFile("fashion-mnist/t10k-images-idx3-ubyte.gz", 4_422_102, verified=False),
        ),
    ),
    Dataset(
        name="cifar10",
        title="CIFAR-10",
        summary="Small color photographs of vehicles and animals.",
        classes=(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck",
        ),
        height=32,
        width=32,
        channels=3,
        num_images=50_000,
        num_test_images=10_000,
        class_counts=(5_000,) * 10,
        host=_TORONTO_HOST,
        files=(CachedFile("cifar-10-batches-py-target_archive", 170_498_071),),
    ),
    Dataset(
        name="cifar100",
        title="CIFAR-100",
        summary="Small color photographs of a hundred kinds of things.",
        classes=_CIFAR100_CLASSES,
        height=32,
        width=32,
        channels=3,
        num_images=50_000,
        num_test_images=10_000,
        class_counts=(500,) * 100,
        host=_TORONTO_HOST,
        files=(CachedFile("cifar-100-python-target_archive", 169_001_437),),
    ),
)
_BY_NAME: Mapping[str, Dataset] = MappingProxyType({item.name: item for item in _DATASETS})


def catalogue() -> Mapping[str, Dataset]:
    """The published data sets that a run can train on, by name, the default first."""
    return _BY_NAME


def known(name: str) -> Dataset | None:
    """A data set; None where there is none with this name, or no longer."""
    try:
        return dataset(name)
    except BuilderError:
        return None


def dataset(name: str) -> Dataset:
    """One data set.

    Raises:
        ParameterError: There is none with this name, or it is the placeholder of plain exports.
        OwnDataError: It is a person's own set that is not on this machine, or damaged.
    """
    if name.startswith(OWN):
        return _own(shelf.find(home(), name.removeprefix(OWN)))
    if name not in _BY_NAME:
        raise refused("dataset", name, f"one of {', '.join(_BY_NAME)}")
    return _BY_NAME[name]


def _own(own: OwnDataset) -> Dataset:
    made = f"Images of your own, from {own.source}." if own.source else "Images of your own."
    return Dataset(
        name=f"{OWN}{own.id}",
        title=own.title,
        summary=" ".join((made, *own.notes)),
        classes=own.classes,
        height=own.height,
        width=own.width,
        channels=own.channels,
        num_images=own.num_images,
        num_test_images=sum(own.test_class_counts),
        class_counts=own.class_counts,
        validation_class_counts=own.validation_class_counts,
        warnings=own.warnings,
        folder=str(shelf.datasets_folder(home()) / own.id),
        digest=own.digest,
        fit=own.fit,
        value_ranges=own.value_ranges,
    )
