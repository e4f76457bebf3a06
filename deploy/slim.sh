#!/bin/sh
# Takes out of a virtual environment what no page of the app ever reads: about 1.2 GB of 2.1 GB.
#     sh slim.sh /opt/venv
# Byte code isn't made yet (pip's --no-compile): it is made for what is imported (Dockerfile).
# `make image-test` opens pages of the image that comes out, so a file too many shows there. What is never read was
# found by an audit hook in server and workers, and by what they have mapped, while every page was opened.
set -eu
packages=$(echo "$1"/lib/python3*/site-packages)

# 290 MB of C++ headers, which only a compiler of TensorFlow extensions reads
rm -rf "$packages/tensorflow/include"
# 64 MB: a C++ parser that TensorFlow names as a dependency and never imports
rm -rf "$packages/clang/native"
# 45 MB: TensorFlow's exporter to StableHLO, and XLA's operations one by one; what Keras compiles doesn't ask for them
rm -f "$packages/tensorflow/compiler/mlir/stablehlo/stablehlo_extension.so" \
    "$packages/tensorflow/compiler/tf2xla/ops/_xla_ops.so"
# 19 MB: TensorFlow's servers for work on many machines
rm -rf "$packages/grpc"
# 50 MB: parts of TensorFlow that our processes don't import (explainers/core/absent.py): its converter for phones, the
# quantizing of models, the reader of profiles
rm -rf "$packages/tensorflow/lite" "$packages/tensorflow/compiler/mlir/lite" \
    "$packages/tensorflow/compiler/mlir/quantization" \
    "$packages"/tensorflow/python/profiler/internal/_pywrap_profiler_plugin.so
# 300 MB: what Streamlit can draw and no page asks for, and what it needs for that (shell/left_out.py)
rm -rf "$packages/pandas" "$packages/pyarrow" "$packages/altair" "$packages/pydeck"
for chart in DeckGlJsonChart EChartsChart GraphVizChart; do
    rm -f "$packages"/streamlit/static/static/js/"$chart".*.js
done
# 20 MB: the packages' own tests
rm -rf "$packages/h5py/tests" "$packages/sqlalchemy/testing"
find "$packages/numpy" -depth -type d -name tests -exec rm -rf {} +
# 15 MB: what plotly puts into a Jupyter notebook's page or a saved one; Streamlit brings its own plotly.js
rm -rf "$packages/plotly/labextension" "$packages/plotly/package_data/widgetbundle.js" \
    "$packages/plotly/package_data/plotly.min.js"
# 6 MB: pictures in a format that no page has
rm -f "$packages"/PIL/_avif.*.so "$packages"/pillow.libs/libavif*
# 25 MB: what packages put into a Jupyter that is installed next to them
rm -rf "$1/share"
# 20 MB: nothing is installed or built any more
rm -rf "$packages"/pip "$packages"/pip-*.dist-info "$1"/bin/pip* "$packages"/setuptools "$packages"/_distutils_hack \
    "$packages"/distutils-precedence.pth "$packages"/wheel
# 235 MB: names of functions that only a debugger reads
strip --strip-unneeded "$packages"/tensorflow/libtensorflow_*.so.2
for package in tensorflow/python sqlalchemy PIL wrapt rpds; do
    find "$packages/$package" -name '*.so' -exec strip --strip-unneeded {} + 2>/dev/null || true
done
# 89 MB: names that TensorFlow's libraries export and no other library asks for
for library in "$packages"/tensorflow/libtensorflow_*.so.2; do
    if [ -e "$library" ]; then "$1/bin/python" "$(dirname "$0")/short_names.py" "$packages" "$library"; fi
done
