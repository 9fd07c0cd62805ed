"""An app that shows the live views of the run named in the address, and nothing else."""

import streamlit as st
from starlette.middleware import Middleware

from builder.system.errors import EditError
from components import shell
from components.live_chart import live_chart, live_log, live_progress
from components.routes import routes
from components.server import RequestGuard, ServerSettings


def main() -> None:
    pages = [
        st.Page(show, title="Live", default=True),
        st.Page(other, title="Other"),
        st.Page(broken, title="Broken"),
        st.Page(refused, title="Refused"),
    ]
    page = st.navigation(pages, position="top")
    shell.frame(page.title)
    page.run()


def show() -> None:
    run_id = st.query_params["run"]
    ended = live_progress(run_id, key="progress")
    left, right = st.columns(2)
    with left:
        live_chart(run_id, series=["loss", "val_loss"], title="Loss", key="loss")
    with right:
        live_chart(run_id, series=["accuracy", "val_accuracy"], title="Accuracy", key="accuracy")
    live_chart(run_id, series=["learning_rate"], title="Learning rate", key="rate", height=120)
    live_log(run_id, key="log", height=120)
    runs = st.session_state[f"runs-{run_id}"] = st.session_state.get(f"runs-{run_id}", 0) + 1
    st.button("Rerun")
    st.text(f"script runs: {runs}, ended: {ended}")


def other() -> None:
    st.text("Another page")


def broken() -> None:
    st.text("Before the failure")
    raise KeyError("secret detail")


def refused() -> None:
    raise EditError("conv_3: a 5×5 window does not fit a 4×4 input", "use padding='same'")


if __name__ == "__main__":
    main()
else:
    app = st.App(
        __file__,
        routes=routes(),
        middleware=[Middleware(RequestGuard, ServerSettings.read())],
        on_script_error=shell.show_failure,
    )
