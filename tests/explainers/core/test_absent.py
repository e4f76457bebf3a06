"""What TensorFlow imports and nobody asks for is not there, and who asks for it is told so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CHECK = """
import sys
from explainers.core import absent
absent.leave_out()
absent.leave_out()
import tensorflow as tf, keras, numpy as np
model = keras.Sequential([keras.Input((5, 3)), keras.layers.LSTM(7)])
model.compile("adam", "mse")
model.fit(np.ones((11, 5, 3)), np.ones((11, 7)), verbose=0)
print(model.predict(np.ones((2, 5, 3)), verbose=0).shape)
files = [getattr(module, "__file__", None) for name, module in sys.modules.items()
         if name.startswith(absent.NAMES)]
print(len(files) > 3, set(files))
try:
    tf.lite.TFLiteConverter(7)
except ImportError as error:
    print(error)
"""


def test_tensorflow_works_without_and_says_so() -> None:
    done = subprocess.run([sys.executable, "-c", CHECK], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "(2, 7)",
        "True {None}",
        "TFLiteConverterV2 is left out of this app (explainers/core/absent.py).",
    ]
