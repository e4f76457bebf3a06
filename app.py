"""Shape Explainer: ``make run``, or ``streamlit run app.py``. This file runs before every page and frames it.

It is read twice: once imported, by the server, which finds `app` and serves it with our headers and health addresses;
then run as `__main__` for each page that a learner opens.
"""

if __name__ == "__main__":
    from shell.frame import navigation

    navigation().run()
else:
    import streamlit as st
    from starlette.middleware import Middleware

    from shell import class_routes, left_out, menu
    from shell.headers import SecurityHeaders
    from shell.health import ROUTES
    from shell.housekeeping import Housekeeping
    from shell.nodelay import send_at_once
    from shell.start import settings_or_exit

    left_out.leave_out()
    menu.switch_off()  # before the first visitor, who may come by a deep link
    settings = settings_or_exit()
    send_at_once()  # the port is open by now
    app = st.App(
        __file__,
        routes=[*ROUTES, *class_routes.routes()],
        middleware=[
            Middleware(SecurityHeaders, embedding=settings.embedding),
            Middleware(Housekeeping, limits=settings.limits),
        ],
    )
