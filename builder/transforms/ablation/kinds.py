"""The kinds of parts that can be taken out of a network."""

from enum import StrEnum


class PartKind(StrEnum):
    """What is taken out; the last two replace one kind of convolution by the other."""

    SHORTCUT = "shortcut"
    NORMALIZATION = "normalization"
    SQUEEZE_EXCITATION = "squeeze_excitation"
    DROPOUT = "dropout"
    AUGMENTATION = "augmentation"
    REGULARIZER = "regularizer"
    ACTIVATION = "activation"
    SEPARABLE = "separable"
    FULL = "full"

    @property
    def noun(self) -> str:
        """The plural of the part: `shortcuts`."""
        return _TITLES[self]

    @property
    def change(self) -> str:
        """How the network differs: `without shortcuts`."""
        return _CHANGES.get(self, f"without {self.noun}")

    @property
    def suffix(self) -> str:
        """The suffix of the names of changed blocks: `without_shortcut`."""
        return _SUFFIXES.get(self, f"without_{self.value}")


_TITLES = {
    PartKind.SHORTCUT: "shortcuts",
    PartKind.NORMALIZATION: "normalization",
    PartKind.SQUEEZE_EXCITATION: "Squeeze-and-Excitation",
    PartKind.DROPOUT: "dropout",
    PartKind.AUGMENTATION: "augmentation",
    PartKind.REGULARIZER: "regularizers",
    PartKind.ACTIVATION: "activations",
    PartKind.SEPARABLE: "separable convolutions",
    PartKind.FULL: "full convolutions",
}
_CHANGES = {
    PartKind.SEPARABLE: "with full convolutions for separable ones",
    PartKind.FULL: "with separable convolutions for full ones",
}
_SUFFIXES = {
    PartKind.SEPARABLE: "with_full_convolutions",
    PartKind.FULL: "with_separable_convolutions",
}
