"""The learned filters of a run's first convolution, as pictures."""

from html import escape

import streamlit as st

from builder.analysis.filters import FilterPictures, filter_pictures, scale_colors
from builder.analysis.prediction import TrainedFile, network, trained_files
from builder.analysis.prediction_process import Filters, shared
from builder.analysis.prediction_work import LookWork, look
from builder.network.layer_paths import layer_titles
from builder.runs.run_folder import Run
from builder.system.errors import BuilderError
from builder.system.level import Level
from components.shell import format as fmt
from components.shell import notice
from components.train import looking
from components.train.pictures import data_url

_WORK = "cs-filters-work"


def draw(run: Run) -> None:
    """Draws the part, folded; nothing without a model."""
    looking.draw_folded(run, "First-layer filters", "filters", draw_open)


def draw_open(run: Run) -> None:
    """Draws what is inside."""
    looking.style()
    files = trained_files(run)
    if not files:
        notice(Level.WARNING, "The model of this run is gone.", "Reload the page.")
        return
    model = looking.choose_model(files, "cs-filters-model")
    work = _work(model)
    if looking.draw_state(work, "cs-filters"):
        st.session_state.pop(_WORK, None)
        st.rerun()
    if work.result is None:
        return
    filters = work.result.filters
    if filters is None:
        notice(Level.INFO, "This network has no convolution, so there are no filters to show.")
        return
    _draw_filters(filters, _where(run, filters), model.about)


def _work(model: TrainedFile) -> LookWork:
    """The look at a model, which is kept as long as the model stays the same."""
    known: tuple[TrainedFile, LookWork] | None = st.session_state.get(_WORK)
    if known is None or known[0] != model:
        known = model, look(shared, model.path)
        st.session_state[_WORK] = known
        known[1].wait(looking.PATIENCE)
    return known[1]


def _where(run: Run, filters: Filters) -> str:
    """The network's own name of the layer; Keras's where the run's network cannot be read."""
    try:
        return layer_titles(network(run)).get(filters.layer, filters.layer)
    except BuilderError:
        return filters.layer


def _draw_filters(filters: Filters, where: str, model: str) -> None:
    pictures = filter_pictures(filters)
    height, width, inputs, outputs = filters.kernel.shape
    size = f"{height}×{width}"
    each = "each reads one channel" if filters.is_depthwise else f"each reads {inputs} channels"
    if inputs == 1:
        each = "each reads the gray image"
    shown = len(pictures.images)
    rest = f"; shown are the first {shown:,} pictures of {pictures.of_all:,}"
    about = (
        f"<b>{escape(where)}</b>: {fmt.plural(outputs, 'filter')} of {size}, {each}"
        f"{rest if shown < pictures.of_all else ''}. Model: {escape(model)}."
    )
    tiles = "".join(
        f'<img src="{data_url(image)}" alt="{title}" title="{title}">'
        for image, title in zip(pictures.images, pictures.titles, strict=True)
    )
    st.html(
        f'<p class="cs-hint">{about}</p><div class="cs-filters">{tiles}</div>{_scale(pictures)}'
    )
    if height * width == 1:
        notice(Level.INFO, "Filters of one pixel mix channels only: each picture is one color.")


def _scale(pictures: FilterPictures) -> str:
    """How a color is a weight, the same for all pictures."""
    most = f"{pictures.scale:.3g}"
    if pictures.are_colors:
        return (
            '<p class="cs-hint">The weights of red, green and blue as those colors: mid-gray is '
            f"0, black −{most}, full light {most}, the largest weight of the layer.</p>"
        )
    return (
        f'<p class="cs-hint"><span class="cs-filter-scale">−{most}<img alt="" '
        f'src="{data_url(scale_colors()[None])}">{most}</span> White is 0, the ends are the '
        "largest weight of the layer.</p>"
    )
