"""Convstack's entry: the pages, the routes beside them, and what happens when a page fails.

The server imports this file for ``app`` (``streamlit run app.py`` finds it by that name), and
Streamlit runs it as ``__main__`` each time a page is drawn.
"""

import streamlit as st
from starlette.middleware import Middleware

from components import navigation, shell
from components.first_routes import server_routes
from components.server import RequestGuard, ServerSettings, UploadsToDisk, send_at_once


def main() -> None:
    """Draw the frame that all pages share, then the page in the address bar."""
    page = st.navigation(
        [
            st.Page("components/pages/design.py", title="Design", default=True),
            st.Page("components/pages/train.py", title="Train"),
            st.Page("components/pages/runs.py", title="Runs"),
            st.Page("components/pages/studies.py", title="Studies"),
        ],
        position="top",
    )
    navigation.arrive(page.title)
    shell.frame(page.title)
    page.run()


if __name__ == "__main__":
    main()
else:
    settings = ServerSettings.read()
    if settings.is_refused:
        raise SystemExit(settings.refusal)
    send_at_once()
    app = st.App(
        __file__,
        routes=server_routes(settings.base_path),
        middleware=[Middleware(RequestGuard, settings), Middleware(UploadsToDisk)],
        lifespan=shell.warm_up,
        on_script_error=shell.show_failure,
    )
