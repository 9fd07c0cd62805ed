"""Filters and class maps as pictures."""

import numpy as np
import pytest

from builder.analysis.class_map import colored, enlarged, scaled
from builder.analysis.filters import filter_pictures, scale_colors
from builder.analysis.prediction_process import Filters

BLUE, WHITE, RED = [0, 114, 178], [247, 247, 247], [213, 94, 0]


def pictures_of(kernel: np.ndarray, *, is_depthwise: bool = False, most: int = 64):
    return filter_pictures(Filters("conv2d", kernel, is_depthwise), most)


def test_three_channels_are_colors_on_one_scale() -> None:
    kernel = np.zeros((2, 2, 3, 2), np.float32)
    kernel[0, 0, :, 0] = (0.5, -0.5, 0)
    kernel[1, 1, :, 1] = 0.25
    found = pictures_of(kernel)
    assert (found.are_colors, found.scale, found.of_all) == (True, 0.5, 2)
    assert found.images.shape == (2, 2, 2, 3)
    assert found.images[0, 0, 0].tolist() == [255, 0, 128]
    assert found.images[1, 1, 1].tolist() == [191, 191, 191]  # half as strong as the strongest
    assert found.titles == ("filter 1", "filter 2")


def test_one_channel_goes_from_blue_over_white_to_red() -> None:
    kernel = np.array([[-2.0, 0.0, 2.0]], np.float32).reshape(1, 3, 1, 1)
    found = pictures_of(kernel)
    assert found.images[0, 0].tolist() == [BLUE, WHITE, RED]
    assert (found.are_colors, found.scale, found.titles) == (False, 2.0, ("filter 1",))
    scale = scale_colors()
    assert [scale[0].tolist(), scale[32].tolist(), scale[-1].tolist()] == [BLUE, WHITE, RED]


def test_other_channels_are_shown_one_by_one() -> None:
    kernel = np.zeros((1, 1, 2, 3), np.float32)
    kernel[0, 0, 1, 0] = -1.0
    kernel[0, 0, 1, 2] = 1.0
    found = pictures_of(kernel)
    assert found.of_all == 6
    assert found.titles[-1] == "filter 3, channel 2"
    assert found.images[:, 0, 0].tolist() == [WHITE, BLUE, *[WHITE] * 3, RED]


def test_depthwise_filters_of_colors_are_not_mixed() -> None:
    kernel = np.zeros((1, 1, 3, 2), np.float32)
    kernel[0, 0, 2, 1] = -1.0
    found = pictures_of(kernel, is_depthwise=True)
    assert not found.are_colors
    assert found.titles[-1] == "channel 3, filter 2"
    assert found.images[-1, 0, 0].tolist() == BLUE


@pytest.mark.parametrize(("channels", "of_all"), [(3, 70), (1, 70), (2, 140)])
def test_of_many_the_first_are_shown(channels: int, of_all: int) -> None:
    found = pictures_of(np.ones((3, 3, channels, 70), np.float32))
    assert (len(found.images), len(found.titles), found.of_all) == (64, 64, of_all)


def test_weights_that_are_zero_or_no_numbers_are_drawn_too() -> None:
    assert pictures_of(np.zeros((1, 1, 1, 1), np.float32)).images[0, 0].tolist() == [WHITE]
    kernel = np.array([np.nan, np.inf, 1.0], np.float32).reshape(1, 3, 1, 1)
    assert pictures_of(kernel).images[0, 0].tolist() == [WHITE, WHITE, RED]


def test_a_map_is_scaled_by_its_largest_value() -> None:
    found = scaled(np.array([[0.0, 0.5], [2.0, 1.0]]))
    assert found is not None
    assert found.tolist() == [[0, 0.25], [1, 0.5]]
    assert scaled(np.zeros((2, 2))) is None


def test_a_map_is_enlarged_in_place_and_colored_by_heat() -> None:
    heat = np.array([[0.0, 0.0], [0.0, 1.0]])
    large = enlarged(heat, 40, 20)
    assert large.shape == (40, 20)
    assert (large[30:, 15:] == 1).all()
    assert (large[:10] == 0).all()
    assert (enlarged(heat, 2, 2) == heat).all()
    lightness = colored(np.linspace(0, 1, 9)[np.newaxis]).astype(int).sum(axis=-1)[0]
    assert (np.diff(lightness) > 0).all()
