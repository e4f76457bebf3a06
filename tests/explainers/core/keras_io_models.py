"""Models as people build them, in the manner of keras.io's examples: all sizes in one model differ where they may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import layers, ops

Build = Callable[[], Any]
MODELS: dict[str, Build] = {}


def model(build: Build) -> Build:
    """A function that builds one of the models."""
    MODELS[build.__name__] = build
    return build


def _conv_bn(x: Any, filters: int, size: int = 3, strides: int = 1) -> Any:
    x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def _encoder_block(x: Any, heads: int, key_dim: int, wide: int) -> Any:
    normed = layers.LayerNormalization(epsilon=1e-6)(x)
    attended = layers.MultiHeadAttention(heads, key_dim, dropout=0.1)(normed, normed)
    x = layers.Add()([attended, x])
    inner = layers.Dense(wide, activation="gelu")(layers.LayerNormalization(epsilon=1e-6)(x))
    return layers.Add()([x, layers.Dense(x.shape[-1])(layers.Dropout(0.1)(inner))])


@model
def mnist_convnet() -> Any:
    return keras.Sequential([
        keras.Input((28, 26, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(), layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip


@model
def augmented_classifier() -> Any:
    image = keras.Input((64, 48, 3))
    x = layers.RandomZoom(0.2)(layers.RandomRotation(0.1)(layers.RandomFlip("horizontal")(image)))
    x = layers.Rescaling(1 / 255)(x)
    return keras.Model(image, layers.Dense(7)(layers.GlobalAveragePooling2D()(_conv_bn(x, 16, 3, 2))))


@model
def small_xception() -> Any:
    image = keras.Input((64, 48, 3))
    x = previous = _conv_bn(image, 32, 3, 2)
    for filters in (40, 56):
        x = layers.BatchNormalization()(layers.SeparableConv2D(filters, 3, padding="same")(layers.ReLU()(x)))
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        x = previous = layers.add([x, layers.Conv2D(filters, 1, strides=2, padding="same")(previous)])
    return keras.Model(image, layers.Dense(5)(layers.GlobalAveragePooling2D()(x)))


@model
def residual_network() -> Any:
    image = keras.Input((40, 56, 3))
    x = _conv_bn(image, 12)
    for filters in (18, 24):
        short = layers.Conv2D(filters, 1, strides=2)(x)
        x = layers.ReLU()(layers.Add()([short, layers.Conv2D(filters, 3, padding="same")(_conv_bn(x, filters, 3, 2))]))
    return keras.Model(image, layers.Dense(9)(layers.GlobalAveragePooling2D()(x)))


@model
def u_net() -> Any:
    image = keras.Input((64, 96, 3))
    skips, x = [], image
    for filters in (8, 16):
        x = _conv_bn(x, filters)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = _conv_bn(x, 32)
    for filters, skip in zip((16, 8), reversed(skips), strict=True):
        x = layers.Concatenate()([layers.Conv2DTranspose(filters, 2, strides=2)(x), skip])
        x = _conv_bn(x, filters)
    return keras.Model(image, layers.Conv2D(5, 1, activation="softmax")(x))


@model
def deeplab_head() -> Any:
    image = keras.Input((32, 48, 20))
    pooled = layers.UpSampling2D((32, 48), interpolation="bilinear")(
        _conv_bn(layers.AveragePooling2D((32, 48))(image), 14)
    )
    branches = [layers.Conv2D(14, 3, dilation_rate=rate, padding="same")(image) for rate in (1, 6, 12)]
    return keras.Model(image, layers.Conv2D(4, 1)(layers.Concatenate()([pooled, *branches])))


@model
def super_resolution() -> Any:
    image = keras.Input((None, None, 1))
    x = layers.Conv2D(9, 3, padding="same")(layers.Conv2D(20, 5, padding="same", activation="relu")(image))
    grid = layers.Reshape((30, 24, 3, 3))(layers.Resizing(30, 24)(x))
    return keras.Model(image, layers.Reshape((90, 72, 1))(layers.Permute((1, 3, 2, 4))(grid)))


@model
def squeeze_and_excite() -> Any:
    image = keras.Input((28, 36, 3))
    x = _conv_bn(image, 24)
    weights = layers.Reshape((1, 1, 24))(layers.GlobalAveragePooling2D()(x))
    weights = layers.Dense(24, activation="sigmoid")(layers.Dense(6, activation="relu")(weights))
    return keras.Model(image, layers.Multiply()([x, weights]))


@model
def inverted_bottleneck() -> Any:
    image = keras.Input((28, 36, 16))
    x = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(96, 1)(image)))
    x = layers.DepthwiseConv2D(3, strides=2, padding="valid")(layers.ZeroPadding2D(1)(x))
    return keras.Model(image, layers.BatchNormalization()(layers.Conv2D(22, 1)(x)))


@model
def vision_transformer() -> Any:
    image = keras.Input((72, 48, 3))
    patches = layers.Reshape((96, 36))(layers.Conv2D(36, 6, strides=6)(image))
    x = patches + layers.Embedding(96, 36)(ops.arange(96))
    for _ in range(2):
        x = _encoder_block(x, 4, 9, 72)
    return keras.Model(image, layers.Dense(11)(layers.Flatten()(layers.LayerNormalization()(x))))


@model
def mlp_mixer() -> Any:
    patches = keras.Input((40, 32))
    x = layers.Permute((2, 1))(layers.LayerNormalization()(patches))
    x = layers.Permute((2, 1))(layers.Dense(40)(layers.Dense(64, activation="gelu")(x)))
    x = layers.Add()([x, patches])
    return keras.Model(patches, layers.Dense(6)(layers.GlobalAveragePooling1D()(x)))


@model
def conv_mixer() -> Any:
    image = keras.Input((32, 48, 3))
    x = layers.BatchNormalization()(layers.Activation("gelu")(layers.Conv2D(20, 2, strides=2)(image)))
    mixed = layers.Add()([layers.DepthwiseConv2D(5, padding="same")(x), x])
    return keras.Model(image, layers.Dense(10)(layers.GlobalMaxPooling2D()(layers.Conv2D(20, 1)(mixed))))


@model
def imdb_bidirectional() -> Any:
    words = keras.Input((None,), dtype="int32")
    x = layers.Bidirectional(layers.LSTM(24, return_sequences=True))(layers.Embedding(2000, 40)(words))
    return keras.Model(words, layers.Dense(1, activation="sigmoid")(layers.Bidirectional(layers.LSTM(18))(x)))


@model
def text_convnet() -> Any:
    words = keras.Input((None,), dtype="int64")
    x = layers.Dropout(0.5)(layers.Embedding(2000, 32)(words))
    x = layers.Conv1D(48, 7, strides=3, activation="relu")(x)
    return keras.Model(words, layers.Dense(1)(layers.Dense(20)(layers.GlobalMaxPooling1D()(x))))


@model
def text_transformer() -> Any:
    words = keras.Input((50,), dtype="int32")
    x = layers.Embedding(2000, 32)(words) + layers.Embedding(50, 32)(ops.arange(0, 50, 1))
    return keras.Model(words, layers.Dense(2)(layers.GlobalAveragePooling1D()(_encoder_block(x, 2, 16, 44))))


@model
def seq2seq_characters() -> Any:
    source, target = keras.Input((None, 71)), keras.Input((None, 93))
    _, h, c = layers.LSTM(48, return_state=True)(source)
    decoded, _, _ = layers.LSTM(48, return_sequences=True, return_state=True)(target, initial_state=[h, c])
    return keras.Model([source, target], layers.Dense(93, activation="softmax")(decoded))


@model
def addition_rnn() -> Any:
    return keras.Sequential([
        keras.Input((7, 12)), layers.LSTM(32), layers.RepeatVector(4), layers.LSTM(24, return_sequences=True),
        layers.Dense(13, activation="softmax"),
    ])  # fmt: skip


@model
def translation_transformer() -> Any:
    source, target = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    encoded = _encoder_block(layers.Embedding(1500, 36)(source), 3, 12, 64)
    x = layers.Embedding(1700, 36)(target)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(3, 12)(x, x, use_causal_mask=True))
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(3, 12)(query=x, value=encoded, key=encoded))
    return keras.Model([source, target], layers.Dense(1700)(x))


@model
def speech_conv_transformer() -> Any:
    sound = keras.Input((200, 129))
    x = sound
    for filters in (48, 56):
        x = layers.Conv1D(filters, 11, strides=2, padding="same", activation="relu")(x)
    return keras.Model(sound, layers.Dense(34)(_encoder_block(x, 2, 28, 80)))


@model
def deep_speech() -> Any:
    sound = keras.Input((None, 192))
    x = layers.Reshape((-1, 192, 1))(sound)
    x = layers.Conv2D(32, (11, 41), strides=(2, 2), padding="same", use_bias=False)(x)
    x = layers.Conv2D(28, (11, 21), strides=(1, 2), padding="same")(layers.ReLU()(layers.BatchNormalization()(x)))
    x = layers.Reshape((-1, x.shape[-2] * x.shape[-1]))(x)
    x = layers.Bidirectional(layers.GRU(40, return_sequences=True))(x)
    return keras.Model(sound, layers.Dense(31, activation="softmax")(x))


@model
def captcha_ocr() -> Any:
    image = keras.Input((200, 48, 1))
    x = layers.MaxPooling2D(2)(layers.Conv2D(32, 3, padding="same")(image))
    x = layers.MaxPooling2D(2)(layers.Conv2D(60, 3, padding="same")(x))
    x = layers.Dense(64, activation="relu")(layers.Reshape((50, 12 * 60))(x))
    return keras.Model(image, layers.Dense(21)(layers.Bidirectional(layers.LSTM(44, return_sequences=True))(x)))


@model
def wavenet() -> Any:
    sound = keras.Input((None, 5))
    x, skips = layers.Conv1D(16, 2, padding="causal")(sound), []
    for rate in (1, 2, 4):
        gate = layers.Conv1D(16, 2, padding="causal", dilation_rate=rate, activation="sigmoid")(x)
        held = layers.Conv1D(16, 2, padding="causal", dilation_rate=rate, activation="tanh")(x)
        z = layers.Multiply()([gate, held])
        skips.append(layers.Conv1D(24, 1)(z))
        x = layers.Add()([x, layers.Conv1D(16, 1)(z)])
    return keras.Model(sound, layers.Conv1D(256, 1, activation="softmax")(layers.ReLU()(layers.Add()(skips))))


@model
def anomaly_autoencoder() -> Any:
    return keras.Sequential([
        keras.Input((288, 1)), layers.Conv1D(32, 7, padding="same", strides=2, activation="relu"), layers.Dropout(0.2),
        layers.Conv1D(16, 7, padding="same", strides=2, activation="relu"),
        layers.Conv1DTranspose(16, 7, padding="same", strides=2), layers.Dropout(0.2),
        layers.Conv1DTranspose(32, 7, padding="same", strides=2), layers.Conv1DTranspose(1, 7, padding="same"),
    ])  # fmt: skip


@model
def generator() -> Any:
    return keras.Sequential([
        keras.Input((48,)), layers.Dense(4 * 6 * 32), layers.Reshape((4, 6, 32)), layers.LeakyReLU(),
        layers.Conv2DTranspose(40, 4, strides=2, padding="same"), layers.LeakyReLU(negative_slope=0.2),
        layers.Conv2D(3, 5, padding="same", activation="sigmoid"),
    ])  # fmt: skip


@model
def conditional_discriminator() -> Any:
    image, label = keras.Input((28, 36, 1)), keras.Input((), dtype="int32")
    plane = layers.Reshape((28, 36, 1))(layers.Dense(28 * 36)(layers.Embedding(10, 50)(label)))
    x = layers.Conv2D(32, 3, strides=2, padding="same")(layers.Concatenate()([image, plane]))
    return keras.Model([image, label], layers.Dense(1)(layers.GlobalMaxPooling2D()(layers.LeakyReLU()(x))))


@model
def variational_encoder() -> Any:
    image = keras.Input((28, 36, 1))
    x = layers.Dense(16, activation="relu")(layers.Flatten()(layers.Conv2D(32, 3, strides=2, padding="same")(image)))
    mean, log_var = layers.Dense(2, name="z_mean")(x), layers.Dense(2, name="z_log_var")(x)
    return keras.Model(image, [mean, log_var, mean + ops.exp(0.5 * log_var)])


@model
def next_frame() -> Any:
    video = keras.Input((None, 32, 40, 1))
    x = layers.ConvLSTM2D(12, 5, padding="same", return_sequences=True)(video)
    x = layers.ConvLSTM2D(10, 3, padding="same", return_sequences=True)(layers.BatchNormalization()(x))
    return keras.Model(video, layers.Conv3D(1, 3, padding="same", activation="sigmoid")(x))


@model
def ct_scan_volume() -> Any:
    scan = keras.Input((48, 40, 24, 1))
    x = layers.BatchNormalization()(layers.MaxPooling3D(2)(layers.Conv3D(16, 3, activation="relu")(scan)))
    return keras.Model(scan, layers.Dense(1)(layers.Dropout(0.3)(layers.GlobalAveragePooling3D()(x))))


@model
def video_with_features() -> Any:
    frames, seen = keras.Input((20, 128)), keras.Input((20,), dtype="bool")
    x = layers.GRU(8)(layers.GRU(16, return_sequences=True)(frames, mask=seen))
    return keras.Model([frames, seen], layers.Dense(5, activation="softmax")(layers.Dropout(0.4)(x)))


@model
def video_of_images() -> Any:
    image = keras.Input((32, 40, 3))
    per_frame = keras.Model(image, layers.GlobalAveragePooling2D()(layers.Conv2D(14, 3)(image)), name="per_frame")
    video = keras.Input((9, 32, 40, 3))
    return keras.Model(video, layers.Dense(6)(layers.LSTM(22)(layers.TimeDistributed(per_frame)(video))))


@model
def recommender() -> Any:
    user, movie = keras.Input((1,), dtype="int32"), keras.Input((1,), dtype="int32")
    users, movies = (
        layers.Flatten()(layers.Embedding(600, 30)(user)),
        layers.Flatten()(layers.Embedding(900, 30)(movie)),
    )
    bias = layers.Flatten()(layers.Embedding(600, 1)(user))
    return keras.Model(
        [user, movie], layers.Activation("sigmoid")(layers.Add()([layers.Dot(1)([users, movies]), bias]))
    )


@model
def structured_data() -> Any:
    age, ratio, kind = keras.Input((1,)), keras.Input((1,)), keras.Input((1,), dtype="int32")
    coded = layers.CategoryEncoding(num_tokens=6, output_mode="one_hot")(kind)
    x = layers.Concatenate()([layers.Normalization(mean=[3.0], variance=[2.0])(age), ratio, coded])
    return keras.Model([age, ratio, kind], layers.Dense(1)(layers.Dropout(0.5)(layers.Dense(32)(x))))


@model
def wide_and_deep() -> Any:
    given = keras.Input((26,))
    deep = layers.Dense(18, activation="relu")(layers.BatchNormalization()(layers.Dense(34)(given)))
    return keras.Model(given, layers.Dense(1)(layers.concatenate([layers.Dense(9)(given), deep])))


@model
def siamese() -> Any:
    image = keras.Input((30, 22, 1))
    tower = keras.Model(
        image, layers.Dense(12)(layers.Flatten()(layers.AveragePooling2D(2)(layers.Conv2D(5, 5)(image))))
    )
    left, right = keras.Input((30, 22, 1)), keras.Input((30, 22, 1))
    apart = ops.sqrt(ops.sum(ops.square(tower(left) - tower(right)), axis=1, keepdims=True))
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(apart))


@model
def time_series_transformer() -> Any:
    series = keras.Input((500, 1))
    x = _encoder_block(series, 4, 32, 5)
    return keras.Model(series, layers.Dense(2)(layers.GlobalAveragePooling1D(data_format="channels_last")(x)))


@model
def ner_tagger() -> Any:
    words = keras.Input((None,), dtype="int32")
    x = layers.SpatialDropout1D(0.1)(layers.Embedding(2500, 28, mask_zero=True)(words))
    x = layers.Bidirectional(layers.GRU(13, return_sequences=True), merge_mode="sum")(x)
    return keras.Model(words, layers.TimeDistributed(layers.Dense(9, activation="softmax"))(x))


@model
def attention_over_steps() -> Any:
    steps = keras.Input((15, 8))
    x = layers.LSTM(20, return_sequences=True)(steps)
    context = layers.Attention()([x, x])
    return keras.Model(steps, layers.Dense(3)(layers.GlobalAveragePooling1D()(layers.Concatenate()([x, context]))))


@model
def knowledge_two_heads() -> Any:
    image = keras.Input((32, 24, 3))
    x = layers.Flatten()(layers.MaxPooling2D(2)(layers.Conv2D(10, 3)(image)))
    return keras.Model(image, {"box": layers.Dense(4, name="box")(x), "label": layers.Dense(7, name="label")(x)})
