"""Why a person's own images cannot be used: codes with fields, and their words."""

from builder.datasets.own_images.reasons import TAKEN
from builder.system.sentences import SentenceCode

_CLASSES = "put the images of each class into a folder of its own"
_TO_CLASSIFY = f"to classify, {_CLASSES}"


class DataCode(SentenceCode):
    """What is wrong with the folders, the files or the number of images."""

    # What was given.
    OTHER_FILE = "received {name!r}, expected a .zip of images, an .npz, or a folder"
    TOO_MANY_FILES = (
        "the folder {folder!r} holds more than {files:,} files or {folders:,} folders",
        "choose the folder that holds the images only",
    )
    ALL_ARE_NO_IMAGES = (
        "received {files:,} {files:file, which is not an image|files, none of them an image}: "
        "{listing}",
        f"choose {TAKEN} files",
    )
    SOME_ARE_NO_IMAGES = (
        "{bad:,} of {files:,} files {bad:is no image|are no images}: {listing}",
        "leave them out, or repair them",
    )
    BESIDE_NO_IMAGES = "{inner.message}; these files are no images: {listing}", "{inner.fix}"
    RANGE_TOO_WIDE = (
        "the values go from {low:,.6g} to {high:,.6g}, expected a range that can be scaled to "
        "0 to 255",
        "undo what was done to the pixels, then save them as uint8",
    )
    NO_ROOM = (
        "{images:,} images of {height}×{width} need {needed:,.1f} GB on the disk, {free:,.1f} GB "
        "are free",
        "choose a smaller size, or make room: {what_helps}",
    )
    # Classes.
    PARTS_WITHOUT_CLASSES = (
        "no class can be told: the folders {folders} divide the images, and hold no folder for "
        "each class",
        _CLASSES,
    )
    NO_FOLDERS = "no class can be told: there are no folders with files in them", _CLASSES
    NO_CLASS = "the images are of no class, expected two or more", _CLASSES
    ONE_CLASS = "the images are of 1 class ({name!r}), expected two or more", _CLASSES
    TOO_MANY_CLASSES = "received {received:,} classes, expected at most {most:,}"
    SAME_CLASS = "two classes have the same name", "rename one of them"
    WRONG_CLASS_NAME = (
        "a class is called {name!r}, expected 1 to {most} printable characters",
        "rename its folder",
    )
    NOTHING_TO_LEARN = "there are images to validate with, but none to learn from", _CLASSES
    TOO_FEW_IMAGES = (
        "too few images of {classes}: received fewer than {least}, expected {least} or more of "
        "each class, to learn from and to validate with",
        "add images, or leave such a class out",
    )
    UNKNOWN_TEST_CLASS = (
        "the test folder holds {number:a class|classes} that the training folder lacks: {classes}",
        "give both the same folders, or leave the test folder out",
    )
    # Folders that divide the images.
    UNCLEAR_FOLDERS = (
        "the folders may divide the images, but it is not clear what each is for: {folders}",
        "say which are for training, validation and test, or that they are no split",
    )
    UNCLEAR_FOLDERS_IN_CLASSES = (
        "the folders in each class may divide the images, but it is not clear what each is for: "
        "{folders}",
        "say which are for training, validation and test, or that they are no split",
    )
    # Other tasks than classification.
    FOLDER_OF_MASKS = (
        "the folder {mask} is no class: it holds a mask for each picture of {picture}, of the same "
        "name and size and with at most {most} values, as for segmentation, which is not offered",
        f"{_TO_CLASSIFY}; where these are two classes, name their files differently",
    )
    MASKS_BESIDE_PICTURES = (
        "{number:,} files are masks of the pictures beside them, such as {mask} of {picture}: of "
        "the same size and with at most {most} values, as for segmentation, which is not offered",
        "to classify, take the masks out of the folders; where they are no masks, name these files "
        "differently",
    )
    PICTURES_AND_MASKS = (
        "the folders {pictures!r} and {masks!r} are not two classes: each picture has a mask or an "
        "annotation of its own, as for segmentation or detection, which is not offered",
        _TO_CLASSIFY,
    )
    BOXES = (
        "the pictures have files of text with the same names beside them, as for detection (boxes "
        "in .txt, .xml or .json), which is not offered",
        _TO_CLASSIFY,
    )
    # The process that reads them.
    CANCELLED = "reading the images was cancelled"
    OUT_OF_TIME = "the images could not be read in time", "take fewer of them at once"
    OUT_OF_MEMORY = "the images need too much memory", "use smaller images"
    CRASHED = "reading the images failed: {said}"


class StoredCode(SentenceCode):
    """Why images that were prepared before cannot be used: codes of `OwnDataError`."""

    DELETED = "the images {title!r} were deleted", "restore them, or choose another data set"
    NOT_HERE = (
        "your own images {id!r} are not on this machine",
        "add the same images again, or choose another data set",
    )
    NOT_IN_TRASH = "the images {id!r} are not in the trash"
    NEWER = "the images {id}: {inner.message}", "{inner.fix}"
    UNREADABLE = "the images {id} cannot be read: {reason}", "delete them and add them again"
    FILE_MISSING = (
        "of the images {title!r} the file {file} is missing",
        "delete them and add them again",
    )
    # Their description.
    DESCRIPTION_TOO_LARGE = "{file} has {received:,} bytes, expected at most {most:,}"
    DESCRIPTION_DAMAGED = "{file} is damaged"
    DESCRIPTION_OF_OTHERS = "{file} does not fit its folder"
