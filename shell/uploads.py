"""Whether a file can be sent from this browser, and what is said where it can't.

Streamlit takes a file only from a browser that sends back its cookie against forged requests. In another site's page
browsers send it by https (shell/headers.py makes it fit for that), never by plain http; and some people allow none. A
file sent all the same would end in a raw "AxiosError".
"""

from __future__ import annotations

import streamlit as st

COOKIE = "_streamlit_xsrf"


def possible() -> bool:
    """Whether the browser that opened this page sent the cookie. Without a browser (a test) nothing is missing."""
    return not st.context.headers or not st.get_option("server.enableXsrfProtection") or COOKIE in st.context.cookies


def sorry(instead: str) -> None:
    """Say why there is nothing to choose a file with, and what to do `instead`."""
    alone = f" or [open this page by itself]({st.context.url})" if st.context.url else ""
    st.info(
        "No file can be sent from here: your browser sends no cookie to this page, as usual for a page that is "
        f"embedded in another site without https. {instead}{alone}."
    )
