"""Why an archive or an `.npz` of images is refused: codes with fields, and their words."""

from builder.system.sentences import SentenceCode

_AGAIN = "pack the folder again as a plain zip"
_UNPACK = "unpack it and give the folder's path"
_SAVE = "save it as np.savez(path, images=images, labels=labels)"
_ONE_EACH = "give one whole number or one name for each image"


class ArchiveCode(SentenceCode):
    """What is wrong with an archive; `name` is the path of a member."""

    DAMAGED = "the archive is cut off or damaged", _AGAIN
    TABLE_TOO_LARGE = "the archive's table of contents is too large", _AGAIN
    TOO_MANY_MEMBERS = "the archive has {received:,} members, expected at most {most:,}", _UNPACK
    TOO_LARGE = (
        "the archive would unpack to {received:,.1f} GB, expected at most {most:,.0f} GB",
        _UNPACK,
    )
    MEMBER_TOO_LARGE = "{name!r} would unpack to {received:,} bytes, expected at most {most:,}"
    MEMBER_EXPANDS = (
        "{name!r} would unpack to {unpacked:,} bytes from {packed:,}, expected at most {most} for "
        "1",
        _AGAIN,
    )
    EXPANDS = (
        "the archive would unpack to {unpacked:,} bytes from {packed:,}, expected at most {most} "
        "for 1",
        _AGAIN,
    )
    NO_NAME = "the archive holds a member without a name", _AGAIN
    TWICE = "the archive holds {name!r} twice", _AGAIN
    LEADS_OUTSIDE = "the archive holds a path that leads outside: {name!r}", _AGAIN
    LINK = (
        "the archive holds a link, {name!r}",
        "pack the files that they lead to, or give the folder's path",
    )
    LINKS = (
        "the archive holds {number:,} links, such as {name!r}",
        "pack the files that they lead to, or give the folder's path",
    )
    ENCRYPTED = (
        "the archive is encrypted: {number:,} of its {members:,} members are",
        "pack it without a password",
    )
    ODD_COMPRESSION = "the archive is compressed in an uncommon way", _AGAIN
    NESTED = (
        "the archive holds another archive: {name!r}",
        "unpack that one first, then pack the folder of images",
    )


class ArrayCode(SentenceCode):
    """What is wrong with the arrays of an `.npz`; `array` is the name of one."""

    NO_ARRAY = "{array!r} is not an array of NumPy's", _SAVE
    ALIKE = (
        "the file holds {array!r} and {other!r}, expected names that differ in more than case",
        _SAVE,
    )
    NO_PAIR = "the file holds {arrays}, expected {expected}", _SAVE
    NOTHING = "the file holds no array, expected {expected}", _SAVE
    OTHER_VALUES = (
        "the array {array!r} holds {received}, expected numbers or texts",
        "save it as np.array({array}.tolist())",
    )
    COLUMN_BY_COLUMN = (
        "the array {array!r} is stored column by column",
        "save np.ascontiguousarray(array) instead",
    )
    WRONG_SIZE = (
        "the array {array!r} of shape {shape} should have {expected:,} bytes, received "
        "{received:,}",
        "save the file again",
    )
    CUT_OFF = "the array {array!r} is cut off", "save the file again"
    # Images.
    TOO_MANY_IMAGES = "received {received:,} images, expected at most {most:,}"
    FLAT_IMAGES = (
        "the array {array!r} has the shape {shape}, expected images×height×width, or that with 1 "
        "or 3 channels",
        "where each row is an image, save {array}.reshape(-1, height, width)",
    )
    OTHER_CHANNELS = (
        "the array {array!r} has the shape {shape}, expected images×height×width, or that with 1 "
        "or 3 channels",
        "where the fourth channel is alpha, save {array}[..., :3]; of more, choose 1 or 3",
    )
    OTHER_SHAPE = (
        "the array {array!r} has the shape {shape}, expected images×height×width, or that with 1 "
        "or 3 channels"
    )
    WRONG_PIXELS = (
        "the images of {array!r} have {height:,}×{width:,} pixels, expected 1 to {most:,}"
    )
    TEXTS = "the array {array!r} holds texts, expected numbers", _SAVE
    # Labels.
    OTHER_NUMBER = (
        "{images!r} holds {num_images:,} images, {labels!r} {num_labels:,} labels, expected the "
        "same number"
    )
    LABELS_TOO_LARGE = (
        "the array {array!r} has {received:,} bytes, expected at most {most:,} for labels"
    )
    SEVERAL_AXES = "the labels {array!r} have {received} axes, expected 1", _ONE_EACH
    NOT_WHOLE = "the labels {array!r} are not whole numbers", _ONE_EACH
    LARGE_LABEL = "the labels {array!r} are too large, expected at most {most:,}", _ONE_EACH
    NEGATIVE = "the labels {array!r} go down to {received}, expected 0 or more", _ONE_EACH
    NOT_ONE_HOT = "the labels {array!r} have {received:,} columns and are not one-hot", _ONE_EACH
    TOO_MANY_CLASSES = (
        "the labels {array!r} name {received:,} classes, expected at most {most:,}",
        _ONE_EACH,
    )
    UNKNOWN_CLASS = (
        "the labels {array!r} name a class that the training labels lack: {name!r}",
        "give both the same classes, or leave these images out",
    )
    UNNAMED_CLASS = "the labels go up to {received}, but the file names only {number:,} classes"
