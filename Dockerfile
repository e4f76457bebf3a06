# Shape Explainer in a container: not root, nothing written outside /tmp, no outside host at run time.
#     docker build -t shape-explainer .
#     docker run --init --read-only --tmpfs /tmp -p 127.0.0.1:8501:8501 shape-explainer
# BASE is any Debian with python3 (3.11 to 3.13) and its venv module, for x86-64 or arm64.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
# strip, for slim.sh
RUN apt-get update -q && apt-get install -q -y --no-install-recommends binutils
WORKDIR /build
COPY requirements-image.lock ./
COPY deploy/tensorflow-on-cpu deploy/tensorflow-on-cpu
COPY deploy/slim.sh deploy/short_names.py deploy/imports.py ./
# Every file is held against its hash, and nothing is built but the stand-in, which has none: it is in this folder.
RUN python3 -m venv /opt/venv \
    && export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    && /opt/venv/bin/pip install --no-compile --require-hashes --only-binary :all: --no-deps -r requirements-image.lock \
    && case "$(uname -m)" in x86_64) \
         /opt/venv/bin/pip install --no-compile --no-deps --no-build-isolation ./deploy/tensorflow-on-cpu;; esac \
    && sh slim.sh /opt/venv
WORKDIR /app
COPY LICENSE app.py ./
COPY .streamlit .streamlit
COPY explainers explainers
COPY rooms rooms
COPY settings settings
COPY workers workers
COPY views views
COPY shell shell
COPY pages pages
# The file system is read-only later, so byte code is made now: of the large packages only for what is imported, by
# importing it. And what pages begin with is asked of Keras: numbers are there before it is.
RUN /opt/venv/bin/python -m compileall -q . \
    && /opt/venv/bin/python -m compileall -q -x '/(keras|tensorflow|tf_keras|plotly|pygments|numpy)/' \
         /opt/venv/lib/python3*/site-packages \
    && HOME=/tmp /opt/venv/bin/python /build/imports.py \
    && SHAPE_EXPLAINER_CACHE=/app/kept HOME=/tmp /opt/venv/bin/python -m shell.beginnings

FROM ${BASE}
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    SHAPE_EXPLAINER_CACHE=/app/kept \
    XDG_CACHE_HOME=/tmp/cache \
    KERAS_HOME=/tmp/keras \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501
USER 65534:65534
EXPOSE 8501
# Passes once a worker has loaded Keras and can answer, and fails again when none can; what is wrong is printed, for
# `docker inspect` (shell/health.py).
HEALTHCHECK --interval=10s --timeout=10s --start-period=90s --retries=3 \
    CMD ["python", "-m", "shell.probe"]
CMD ["python", "-m", "shell.start"]
