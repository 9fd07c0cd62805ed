"""The words for each code of `ShapeError`: what was received, what was expected, what to do."""

from collections.abc import Sequence

from builder.blocks.costs import format_shape
from builder.blocks.types import Shape
from builder.system.errors import Problem, Words


class ShapeWords:
    """A function for each code, of its name, in the order of `ShapeCode`."""

    @staticmethod
    def no_image(block: str, shape: Shape) -> Words:
        return Words(
            f"{block} expected an image (height×width×channels), received {format_shape(shape)}",
            "place it before Flatten or global pooling, or put a Reshape in front",
        )

    @staticmethod
    def no_image_for_module(block: str, shapes: Sequence[Shape]) -> Words:
        return Words(
            f"{block} cannot work on {_all(shapes)}, expected an image (height×width×channels)",
            "place it before Flatten or global pooling",
        )

    @staticmethod
    def no_such_axis(block: str, axis: int, shape: Shape) -> Words:
        rank = len(shape)
        return Words(
            f"{block} received axis={axis} for {format_shape(shape)}, expected 1 to {rank}, "
            f"or -{rank} to -1",
            "set axis to -1, the channels",
        )

    @staticmethod
    def repeated_axes(block: str, axis: Sequence[int], shape: Shape) -> Words:
        return Words(
            f"{block} received axis={axis!r} for {format_shape(shape)}, expected each axis once",
            "name the axes by different numbers, such as (1, 2, 3)",
        )

    @staticmethod
    def wrong_dims(dims: Sequence[int], shape: Shape) -> Words:
        axes = ", ".join(str(axis) for axis in range(1, len(shape) + 1))
        return Words(
            f"Permute received dims={dims!r} for {format_shape(shape)}, expected the axes {axes} "
            "in any order",
            "name each axis of the input once",
        )

    @staticmethod
    def no_such_shared_axes(shared_axes: Sequence[int], shape: Shape) -> Words:
        return Words(
            f"PReLU received shared_axes={shared_axes!r} for {format_shape(shape)}, expected axes "
            f"1 to {len(shape)}",
            "set shared_axes to (1, 2) for an image, or leave it empty",
        )

    @staticmethod
    def wrong_noise_shape(noise_shape: Sequence[int | None], shape: Shape) -> Words:
        return Words(
            f"Dropout received noise_shape={noise_shape!r} for {format_shape(shape)}, expected "
            f"{len(shape) + 1} entries, the first None, the others None, 1 or the input's own size",
            "leave noise_shape empty, or set it to (None, 1, 1, 1) for an image",
        )

    @staticmethod
    def window_too_large(window: Shape, size: Shape, parameter: str) -> Words:
        return Words(
            f"{_with_article(window)} window does not fit {_with_article(size)} input",
            f"use padding='same' or a smaller {parameter}",
        )

    @staticmethod
    def strides_with_dilation(block: str, strides: object, dilation_rate: object) -> Words:
        return Words(
            f"{block} received strides={strides!r} with dilation_rate={dilation_rate!r}, "
            "expected one of them to be 1",
            "set strides or dilation_rate to 1",
        )

    @staticmethod
    def unequal_strides(block: str, strides: Sequence[int]) -> Words:
        return Words(
            f"{block} received strides={strides!r}, expected the same stride for height and width",
            f"set strides to {max(strides)}",
        )

    @staticmethod
    def dilated_transpose(dilation_rate: object) -> Words:
        return Words(
            f"Conv2DTranspose received dilation_rate={dilation_rate!r}, which TensorFlow computes "
            "on GPUs only, expected 1",
            "set dilation_rate to 1, or use UpSampling2D and a dilated Conv2D",
        )

    @staticmethod
    def output_padding_too_large(output_padding: object, strides: object, largest: int) -> Words:
        return Words(
            f"Conv2DTranspose received output_padding={output_padding!r} with strides={strides!r}, "
            "expected less than strides",
            f"set output_padding to {largest} or empty",
        )

    @staticmethod
    def even_window(span: int) -> Words:
        return Words(
            f"Conv2DTranspose received output_padding=0 with a window of {span} pixels and "
            "padding='same', expected an odd window",
            "leave output_padding empty",
        )

    @staticmethod
    def too_much_cropped(rows: int, columns: int, size: Shape) -> Words:
        return Words(
            f"Cropping2D would cut {rows} rows and {columns} columns off a {format_shape(size)} "
            "image, expected less than the image",
            "set cropping to fewer pixels",
        )

    @staticmethod
    def cropped_and_padded() -> Words:
        return Words(
            "Resizing received crop_to_aspect_ratio and pad_to_aspect_ratio, expected one of them "
            "at most",
            "turn one of them off",
        )

    @staticmethod
    def wrong_number_of_inputs(block: str, low: int, high: int | None, received: int) -> Words:
        expected = (
            f"{low}" if low == high else f"{low} or more" if high is None else f"{low}–{high}"
        )
        noun = "input" if expected == "1" else "inputs"
        fix = "connect the missing ones" if received < low else "disconnect the surplus"
        return Words(f"{block} expected {expected} {noun}, received {received}", fix)

    @staticmethod
    def repeated_merge(repeat: int, inputs: int) -> Words:
        return Words(
            f"repeat={repeat} with {inputs} inputs, expected exactly one", "set repeat to 1"
        )

    @staticmethod
    def unequal_ranks(block: str, shapes: Sequence[Shape]) -> Words:
        return Words(
            f"{block} received {_all(shapes)}, expected equal shapes",
            "bring both to the same number of axes with Reshape or global pooling",
        )

    @staticmethod
    def unequal_sizes(block: str, shapes: Sequence[Shape]) -> Words:
        return Words(
            f"{block} received {_all(shapes)}, expected equal shapes",
            "match height and width with strides, pooling or padding='same'",
        )

    @staticmethod
    def unequal_channels(block: str, shapes: Sequence[Shape]) -> Words:
        first = shapes[0]
        project = (
            f"project one of them to {first[-1]} channels with a 1×1 Conv2D"
            if len(first) == 3
            else f"bring one of them to {first[-1]} values with a Dense layer"
        )
        return Words(f"{block} received {_all(shapes)}, expected equal shapes", project)

    @staticmethod
    def concatenated_ranks(shapes: Sequence[Shape]) -> Words:
        return Words(
            f"Concatenate received {_listed(shapes)}, expected the same number of axes",
            "bring them to the same number of axes with Flatten, Reshape or global pooling",
        )

    @staticmethod
    def concatenated_sizes(shapes: Sequence[Shape], axis: int) -> Words:
        return Words(
            f"Concatenate received {_listed(shapes)}, expected equal sizes on every axis but "
            f"{axis}",
            "bring the inputs to one height and width by padding, cropping or pooling",
        )

    @staticmethod
    def convolution_groups(number: int, what: str, groups: int, fitting: int) -> Words:
        return Words(
            f"Conv2D received {number} {what} for groups={groups}, expected a multiple of groups",
            f"choose groups that divides both the input channels and filters, such as {fitting}",
        )

    @staticmethod
    def normalization_groups(channels: int, groups: int, fitting: int) -> Words:
        return Words(
            f"GroupNormalization received {channels} channels for groups={groups}, expected a "
            "multiple of groups",
            f"set groups to {fitting}",
        )

    @staticmethod
    def numbers_per_channel(parameter: str, numbers: int, shape: Shape) -> Words:
        return Words(
            f"Rescaling received {numbers} numbers as {parameter} for {format_shape(shape)}, "
            f"expected 1, or {shape[-1]}, one per channel",
            f"give {parameter} as many numbers as there are channels",
        )

    @staticmethod
    def half_the_statistics(given: str, missing: str) -> Words:
        return Words(
            f"Normalization received {given} without {missing}, expected both or neither",
            f"set {missing}, or leave both empty and call adapt",
        )

    @staticmethod
    def wrong_statistics(mean: object, variance: object, size: int) -> Words:
        return Words(
            f"Normalization received mean={mean!r} and variance={variance!r}, expected one number "
            f"each, or {size} each, one per channel",
            "give as many numbers as the axis has",
        )

    @staticmethod
    def empty_value_range(block: str, low: float, high: float) -> Words:
        return Words(
            f"{block} received value_range=({low:g}, {high:g}), expected the smaller number first",
            "set value_range to (0, 255), or to (0, 1) behind a Rescaling",
        )

    @staticmethod
    def orthogonal_slopes(shape: Shape) -> Words:
        return Words(
            f"PReLU received alpha_initializer='orthogonal' for {format_shape(shape)}, expected at "
            "least two axes: one row has nothing orthogonal",
            "choose another alpha_initializer, such as zeros",
        )

    @staticmethod
    def several_unknown_sizes(target_shape: Sequence[int]) -> Words:
        return Words(
            f"Reshape received target_shape={target_shape!r}, expected one -1 at most",
            "write out all sizes but one",
        )

    @staticmethod
    def wrong_number_of_values(shape: Shape, total: int, target_shape: Sequence[int]) -> Words:
        return Words(
            f"Reshape received {format_shape(shape)} ({total:,} values) for "
            f"target_shape={target_shape!r}, expected the same number of values",
            "set one size to -1 to have it worked out",
        )

    @staticmethod
    def empty_output(layer: str, shape: Shape) -> Words:
        return Words(f"{layer} would give {format_shape(shape)}, expected sizes of 1 or more")

    @staticmethod
    def too_many_values(layer: str, values: int, most: int) -> Words:
        return _too_large(f"{layer} would give", values, most)

    @staticmethod
    def too_many_weights(layer: str, values: int, most: int) -> Words:
        return _too_large(f"{layer} would have weights with", values, most)

    @staticmethod
    def too_many_layers(most: int) -> Words:
        return Words(f"expected at most {most:,} layers, received more", "make it smaller")

    @staticmethod
    def too_much_inside() -> Words:
        return Words("expected fewer blocks inside of blocks, or fewer inputs", "make it smaller")

    @staticmethod
    def network_too_large(most: int) -> Words:
        return Words(f"with it the network has more than {most:,} layers", "repeat it fewer times")

    @staticmethod
    def network_too_nested() -> Words:
        return Words(
            "with it the network has too many blocks inside of blocks, or too many inputs of "
            "blocks",
            "make it smaller",
        )

    @staticmethod
    def inside(block: str, inner: Problem, advice_helps: bool) -> Words:
        fix = inner.fix if advice_helps else "give it a larger image, or other parameters"
        return Words(f"inside {block}, {inner.message}", fix)

    @staticmethod
    def inner_value(
        block: str, shapes: Sequence[Shape], layer: str, received: object, expected: str
    ) -> Words:
        return Words(
            f"{block} cannot work on {_all(shapes)}: its {layer} would get {received!r}, "
            f"expected {expected}"
        )

    @staticmethod
    def nothing_to_do(block: str, shapes: Sequence[Shape]) -> Words:
        return Words(
            f"{block} has nothing to do for {_all(shapes)}", "remove it, or change its inputs"
        )

    @staticmethod
    def repetition(number: int, inner: Problem) -> Words:
        return Words(
            f"repetition {number}: {inner.message}", f"repeat it {number - 1} times at most"
        )


def _all(shapes: Sequence[Shape]) -> str:
    return " and ".join(format_shape(shape) for shape in shapes)


def _listed(shapes: Sequence[Shape]) -> str:
    return ", ".join(format_shape(shape) for shape in shapes)


def _too_large(what: str, values: int, most: int) -> Words:
    about = f"{values:,}" if values < most**2 else "far more"
    return Words(
        f"{what} {about} values, expected at most {most:,}",
        "use smaller images or fewer channels",
    )


def _with_article(shape: Shape) -> str:
    number = str(shape[0])
    article = "an" if number in ("11", "18") or number[0] == "8" else "a"
    return f"{article} {format_shape(shape)}"
