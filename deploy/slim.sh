#!/bin/sh
# Takes out of a virtual environment what no page of the app ever reads: about 850 MB of 2.1 GB.
#     sh slim.sh /opt/venv
# `make image-test` opens pages of the image that comes out, so a file too many shows there. What is never read was
# found by an audit hook in server and workers, and by what they have mapped, while every page was opened.
set -eu
packages=$(echo "$1"/lib/python3*/site-packages)

# 290 MB of C++ headers, which only a compiler of TensorFlow extensions reads
rm -rf "$packages/tensorflow/include" "$packages/pyarrow/include"
# 64 MB: a C++ parser that TensorFlow names as a dependency and never imports
rm -rf "$packages/clang/native"
# 45 MB: TensorFlow's exporter to StableHLO, and XLA's operations one by one; what Keras compiles doesn't ask for them
rm -f "$packages/tensorflow/compiler/mlir/stablehlo/stablehlo_extension.so" \
    "$packages/tensorflow/compiler/tf2xla/ops/_xla_ops.so"
# 19 MB: TensorFlow's servers for work on many machines
rm -rf "$packages/grpc"
# 45 MB: Arrow's network protocol and its S3 client, and second and third copies of one library
rm -f "$packages"/pyarrow/libarrow_flight.so.* "$packages"/pyarrow/libarrow_python_flight.so* \
    "$packages"/pyarrow/_flight.*.so "$packages"/pyarrow/libarrow_s3.so.* "$packages"/pyarrow/_s3fs.*.so
for library in "$packages"/pyarrow/libarrow_python*.so; do
    rm -f "$library" "$library".*.*.*
done
# 70 MB: the packages' own tests
rm -rf "$packages/pandas/tests" "$packages/pyarrow/tests" "$packages/h5py/tests"
find "$packages/numpy" -depth -type d -name tests -exec rm -rf {} +
# 40 MB: what these packages put into a Jupyter notebook's page or a saved one; Streamlit brings its own plotly.js
rm -rf "$packages/pydeck/nbextension" "$packages/plotly/labextension" "$packages/plotly/package_data/widgetbundle.js" \
    "$packages/plotly/package_data/plotly.min.js"
# 10 MB: Streamlit's other charts, which it imports when asked for one
rm -rf "$packages/altair"
# 20 MB: nothing is installed or built any more
rm -rf "$packages"/pip "$packages"/pip-*.dist-info "$1"/bin/pip* "$packages"/setuptools "$packages"/_distutils_hack \
    "$packages"/distutils-precedence.pth "$packages"/wheel
# 240 MB: names of functions that only a debugger reads
strip --strip-unneeded "$packages"/tensorflow/libtensorflow_*.so.2 "$packages"/pyarrow/libarrow*.so.*
