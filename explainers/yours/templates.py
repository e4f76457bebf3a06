"""Where a model of one's own can start: an empty Input, or one of eight small models that people build most."""

from __future__ import annotations

from explainers.core.spec import Argument, InputSpec, LayerSpec, Sizes, snake
from explainers.yours.document import Document, Placed


def _input(name: str, *sizes: int | None, dtype: str = "float32") -> InputSpec:
    return InputSpec(name, (None, *sizes), dtype)


def _layer(
    class_name: str, name: str = "", /, reads: tuple[str, ...] = (), states: tuple[str, ...] = (), **given: Argument
) -> Placed:
    return Placed(LayerSpec(class_name, name or snake(class_name), tuple(given.items())), reads, states)


def _conv(name: str, filters: int) -> Placed:
    """A convolution that keeps height and width."""
    return _layer("Conv2D", name, filters=filters, kernel_size=3, padding="same", activation="relu")


def _lstm(units: int) -> LayerSpec:
    return LayerSpec("LSTM", "lstm", (("units", units),))


_IMAGE: Sizes = (None, 28, 28, 1)

TEMPLATES: dict[str, Document] = {
    "Sequence classifier": Document(
        (_input("words", 40, dtype="int32"),),
        (
            _layer("Embedding", input_dim=1000, output_dim=12),
            _layer("Bidirectional", layer=_lstm(16)),
            _layer("Dense", "classes", units=3, activation="softmax"),
        ),
    ),
    "Sequence to sequence": Document(
        (_input("source", 12, 9), _input("target", 10, 7)),
        (
            _layer("LSTM", "encoder", ("source",), units=16, return_state=True),
            _layer(
                "LSTM", "decoder", ("target",), ("encoder[1]", "encoder[2]"), units=16, return_sequences=True
            ),
            _layer("Dense", "next_step", units=7, activation="softmax"),
        ),
    ),
    "CNN on images": Document(
        (InputSpec("image", _IMAGE),),
        (
            _layer("Conv2D", "conv2d", filters=8, kernel_size=3, activation="relu"),
            _layer("MaxPooling2D", "pool"),
            _layer("Conv2D", "conv2d_2", filters=16, kernel_size=3, activation="relu"),
            _layer("MaxPooling2D", "pool_2"),
            _layer("Flatten"),
            _layer("Dense", "digit", units=10, activation="softmax"),
        ),
    ),
    "TextCNN": Document(
        (_input("words", 30, dtype="int32"),),
        (
            _layer("Embedding", input_dim=1000, output_dim=16),
            _layer("Conv1D", "pairs", filters=8, kernel_size=2, activation="relu"),
            _layer("GlobalMaxPooling1D", "best_pair"),
            _layer("Conv1D", "triples", ("embedding",), filters=8, kernel_size=3, activation="relu"),
            _layer("GlobalMaxPooling1D", "best_triple"),
            _layer("Concatenate", "joined", ("best_pair", "best_triple")),
            _layer("Dense", "label", units=1, activation="sigmoid"),
        ),
    ),
    "U-Net": Document(
        (_input("image", 32, 48, 3),),
        (
            _conv("down_1", 8),
            _layer("MaxPooling2D", "half"),
            _conv("down_2", 16),
            _layer("MaxPooling2D", "quarter"),
            _conv("bottom", 32),
            _layer("UpSampling2D", "up_2"),
            _layer("Concatenate", "skip_2", ("up_2", "down_2")),
            _conv("up_conv_2", 16),
            _layer("UpSampling2D", "up_1"),
            _layer("Concatenate", "skip_1", ("up_1", "down_1")),
            _conv("up_conv_1", 8),
            _layer("Conv2D", "mask", filters=1, kernel_size=1, activation="sigmoid"),
        ),
    ),
    "Transformer encoder": Document(
        (_input("sequence", 20, 24),),
        (
            _layer("MultiHeadAttention", "attention", ("sequence", "sequence"), num_heads=3, key_dim=8),
            _layer("Add", "add_1", ("sequence", "attention")),
            _layer("LayerNormalization", "norm_1"),
            _layer("Dense", "wide", units=48, activation="relu"),
            _layer("Dense", "back", units=24),
            _layer("Add", "add_2", ("norm_1", "back")),
            _layer("LayerNormalization", "norm_2"),
            _layer("GlobalAveragePooling1D", "average"),
            _layer("Dense", "classes", units=5, activation="softmax"),
        ),
    ),
    "CNN + LSTM on video": Document(
        (_input("video", 10, 32, 24, 3),),
        (
            _layer(
                "TimeDistributed", "each_frame",
                layer=LayerSpec("Conv2D", "conv2d", (("filters", 8), ("kernel_size", 3), ("activation", "relu"))),
            ),
            _layer("TimeDistributed", "pooled", layer=LayerSpec("GlobalAveragePooling2D", "global_average", ())),
            _layer("LSTM", units=16),
            _layer("Dense", "action", units=6, activation="softmax"),
        ),
    ),
    "Autoencoder": Document(
        (_input("values", 64),),
        (
            _layer("Dense", "encode", units=32, activation="relu"),
            _layer("Dense", "code", units=6),
            _layer("Dense", "decode", units=32, activation="relu"),
            _layer("Dense", "rebuilt", units=64),
        ),
    ),
}  # fmt: skip
