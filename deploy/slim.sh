#!/bin/sh
# Takes out of a virtual environment what no page of the app ever reads: about 720 MB of 2.1 GB.
#     sh slim.sh /opt/venv
# `make image-test` opens pages of the image that comes out, so a file too many shows there.
set -eu
packages=$(echo "$1"/lib/python3*/site-packages)

# 290 MB of C++ headers, which only a compiler of TensorFlow extensions reads
rm -rf "$packages/tensorflow/include" "$packages/pyarrow/include"
# 64 MB: a C++ parser that TensorFlow names as a dependency and never imports
rm -rf "$packages/clang/native"
# 70 MB: the packages' own tests
rm -rf "$packages/pandas/tests" "$packages/pyarrow/tests" "$packages/h5py/tests"
find "$packages/numpy" -depth -type d -name tests -exec rm -rf {} +
# 35 MB: what these packages put into a Jupyter notebook's page
rm -rf "$packages/pydeck/nbextension" "$packages/plotly/labextension" "$packages/plotly/package_data/widgetbundle.js"
# 14 MB: nothing is installed any more
rm -rf "$packages"/pip "$packages"/pip-*.dist-info "$1"/bin/pip*
# 240 MB: names of functions that only a debugger reads
strip --strip-unneeded "$packages"/tensorflow/libtensorflow_*.so.2 "$packages"/pyarrow/libarrow*.so.*
