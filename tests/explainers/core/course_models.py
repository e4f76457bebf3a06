"""Models in the manner of course notebooks and tutorials: bare operations, classes of somebody's own, several inputs.

All sizes in one model differ where they may.
"""

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


@model
def siamese_ops() -> Any:
    base = keras.Sequential(
        [
            keras.Input((105, 90, 1)),
            layers.Conv2D(12, 10, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(17),
        ],
        name="tower",
    )
    a, b = keras.Input((105, 90, 1), name="left"), keras.Input((105, 90, 1), name="right")
    x, y = base(a), base(b)
    d = ops.sqrt(ops.maximum(ops.sum(ops.square(x - y), axis=1, keepdims=True), 1e-7))
    return keras.Model([a, b], layers.Dense(1, activation="sigmoid")(layers.BatchNormalization()(d)))


@model
def nerf() -> Any:
    rays = keras.Input((320, 99))
    x = rays
    for i in range(6):
        x = layers.Dense(64, activation="relu")(x)
        if i == 3:
            x = layers.concatenate([x, rays], axis=-1)
    out = layers.Dense(4)(x)
    rgb = ops.sigmoid(out[..., :3])
    sigma = ops.relu(out[..., 3])
    return keras.Model(rays, [rgb, sigma])


@model
def graph_attention() -> Any:
    nodes = keras.Input((19, 11), name="nodes")
    adj = keras.Input((19, 19), name="adjacency")
    h = layers.Dense(8, use_bias=False)(nodes)
    s, t = layers.Dense(1)(h), layers.Dense(1)(h)
    e = ops.leaky_relu(s + ops.transpose(t, (0, 2, 1)))
    a = ops.softmax(ops.where(adj > 0, e, -1e9), axis=-1)
    out = ops.matmul(a, h)
    return keras.Model([nodes, adj], layers.Dense(7)(ops.relu(out)))


@model
def mixer_ops() -> Any:
    im = keras.Input((32, 48, 3))
    x = layers.Conv2D(20, 8, strides=8)(im)
    x = layers.Reshape((24, 20))(x)
    y = ops.swapaxes(layers.LayerNormalization()(x), 1, 2)
    y = layers.Dense(24)(layers.Dense(50, activation="gelu")(y))
    x = x + ops.swapaxes(y, 1, 2)
    y = layers.Dense(20)(layers.Dense(64, activation="gelu")(layers.LayerNormalization()(x)))
    return keras.Model(im, layers.Dense(10)(ops.mean(x + y, axis=1)))


class Latents(layers.Layer):
    def __init__(self, n: Any, dim: Any, **k: Any) -> None:
        super().__init__(**k)
        self.n, self.dim = n, dim

    def build(self, s: Any) -> None:
        self.latents = self.add_weight(shape=(self.n, self.dim), name="latents")

    def call(self, x: Any) -> Any:
        return ops.repeat(self.latents[None], ops.shape(x)[0], axis=0)

    def compute_output_shape(self, s: Any) -> Any:
        return (s[0], self.n, self.dim)


@model
def perceiver() -> Any:
    x = keras.Input((144, 30), name="patches")
    lat = Latents(12, 26)(x)
    for _ in range(2):
        a = layers.MultiHeadAttention(2, 13)(layers.LayerNormalization()(lat), layers.LayerNormalization()(x))
        lat = layers.Add()([lat, a])
        lat = layers.Add()([lat, layers.MultiHeadAttention(3, 7)(lat, lat)])
    return keras.Model(x, layers.Dense(6)(layers.GlobalAveragePooling1D()(lat)))


@model
def capsules() -> Any:
    im = keras.Input((28, 26, 1))
    x = layers.Conv2D(32, 9, activation="relu")(im)
    x = layers.Conv2D(32, 9, strides=2)(x)
    x = layers.Reshape((-1, 8))(x)
    n = ops.sum(ops.square(x), -1, keepdims=True)
    x = n / (1 + n) / ops.sqrt(n + 1e-7) * x
    x = layers.EinsumDense("bic,cjd->bijd", (None, 10, 16))(x)
    v = ops.sum(x, axis=1)
    return keras.Model(im, ops.norm(v, axis=-1))


@model
def channels_first() -> Any:
    im = keras.Input((3, 64, 48))
    x = layers.Conv2D(8, 3, data_format="channels_first", padding="same")(im)
    x = layers.BatchNormalization(axis=1)(x)
    x = layers.MaxPooling2D(data_format="channels_first")(x)
    x = layers.Conv2D(16, 3, data_format="channels_first", padding="same")(x)
    x = layers.GlobalAveragePooling2D(data_format="channels_first")(x)
    return keras.Model(im, layers.Dense(5)(x))


@model
def pointnet() -> Any:
    pts = keras.Input((2048, 3))

    def tnet(x: Any, n: int) -> Any:
        y = layers.Conv1D(32, 1)(x)
        y = layers.BatchNormalization()(y)
        y = layers.Activation("relu")(y)
        y = layers.GlobalMaxPooling1D()(y)
        y = layers.Dense(n * n)(layers.Dense(40)(y))
        return layers.Dot(axes=(2, 1))([x, layers.Reshape((n, n))(y)])

    x = tnet(pts, 3)
    x = layers.Conv1D(33, 1)(x)
    x = tnet(x, 33)
    return keras.Model(pts, layers.Dense(10)(layers.GlobalMaxPooling1D()(x)))


@model
def tabular() -> Any:
    ins, enc = {}, []
    for n, v in (("job", 12), ("marital", 4)):
        ins[n] = keras.Input((1,), name=n, dtype="int32")
        enc.append(layers.Flatten()(layers.Embedding(v, 5 + v)(ins[n])))
    for n in ("age", "balance"):
        ins[n] = keras.Input((1,), name=n)
        enc.append(layers.Normalization()(ins[n]))
    x = layers.concatenate(enc)
    return keras.Model(ins, layers.Dense(1)(layers.Dense(32)(x)))


@model
def embeddings_scalar() -> Any:
    u, it = keras.Input((), name="user", dtype="int32"), keras.Input((), name="item", dtype="int32")
    a, b = layers.Embedding(100, 16)(u), layers.Embedding(70, 16)(it)
    return keras.Model([u, it], ops.sum(a * b, axis=-1))


@model
def bi_states() -> Any:
    i, j = keras.Input((12, 9)), keras.Input((15, 8))
    enc = layers.Bidirectional(layers.LSTM(6, return_state=True))
    _, fh, fc, bh, bc = enc(i)
    y = layers.Bidirectional(layers.LSTM(6, return_sequences=True))(j, initial_state=[fh, fc, bh, bc])
    return keras.Model([i, j], layers.Dense(11)(y))


@model
def td_functional() -> Any:
    im = keras.Input((32, 24, 3))
    f = keras.Model(im, layers.GlobalAveragePooling2D()(layers.Conv2D(8, 3)(im)), name="cnn")
    v = keras.Input((10, 32, 24, 3))
    return keras.Model(v, layers.Dense(5)(layers.GRU(12)(layers.TimeDistributed(f)(v))))


@model
def masks() -> Any:
    i = keras.Input((None, 6))
    x = layers.Masking(0.0)(i)
    x = layers.LSTM(9, return_sequences=True)(x)
    a = layers.Attention()([x, x])
    return keras.Model(i, layers.Dense(3)(layers.Concatenate()([ops.mean(x, 1), ops.max(a, 1)])))


@model
def mixed_rank() -> Any:
    seq, vec = keras.Input((20, 12), name="seq"), keras.Input((12,), name="vec")
    x = layers.Multiply()([seq, layers.Reshape((1, 12))(vec)])
    y = layers.Concatenate()([x, layers.RepeatVector(20)(layers.Dense(5)(vec))])
    return keras.Model([seq, vec], layers.Dense(3)(layers.Add()([y, layers.Dense(17)(vec)[:, None, :]])))


@model
def ops_attention() -> Any:
    i = keras.Input((26, 30))
    q, k, v = ops.split(layers.Dense(90)(i), 3, axis=-1)
    q, k, v = (ops.reshape(t, (-1, 26, 5, 6)) for t in (q, k, v))
    s = ops.einsum("bqhd,bkhd->bhqk", q, k) / 6**0.5
    o = ops.einsum("bhqk,bkhd->bqhd", ops.softmax(s), v)
    return keras.Model(i, layers.Dense(30)(ops.reshape(o, (-1, 26, 30))))


@model
def ops_attention_transpose() -> Any:
    i = keras.Input((26, 30))

    def heads(t: Any) -> Any:
        return ops.transpose(ops.reshape(t, (-1, 26, 5, 6)), (0, 2, 1, 3))

    q, k, v = (heads(layers.Dense(30)(i)) for _ in range(3))
    s = ops.softmax(ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))))
    o = ops.reshape(ops.transpose(ops.matmul(s, v), (0, 2, 1, 3)), (-1, 26, 30))
    return keras.Model(i, layers.Dense(7)(o))


@model
def bahdanau() -> Any:
    enc, dec = keras.Input((14, 16), name="enc"), keras.Input((9,), name="dec")
    q = layers.RepeatVector(14)(dec)
    s = layers.Dense(1)(layers.Dense(10, activation="tanh")(layers.Concatenate()([enc, q])))
    w = layers.Softmax(axis=1)(s)
    c = layers.Dot(axes=1)([w, enc])
    return keras.Model([enc, dec], layers.Dense(4)(c))


@model
def yolo() -> Any:
    im = keras.Input((416, 320, 3))
    x = im
    for f in (8, 16, 32, 64, 96):
        x = layers.MaxPooling2D()(
            layers.LeakyReLU()(layers.BatchNormalization()(layers.Conv2D(f, 3, padding="same")(x)))
        )
    x = layers.Conv2D(5 * 25, 1)(x)
    x = layers.Reshape((13, 10, 5, 25))(x)
    return keras.Model(im, [ops.sigmoid(x[..., :2]), ops.exp(x[..., 2:4]), ops.softmax(x[..., 5:])])


@model
def deep_cross() -> Any:
    x0 = keras.Input((23,))
    x = x0
    for _ in range(2):
        x = x0 * layers.Dense(23)(x) + x
    d = layers.Dense(15, activation="relu")(x0)
    return keras.Model(x0, layers.Dense(1)(ops.concatenate([x, d], axis=1)))


@model
def eegnet() -> Any:
    i = keras.Input((22, 250, 1))
    x = layers.Conv2D(8, (1, 64), padding="same", use_bias=False)(i)
    x = layers.DepthwiseConv2D((22, 1), depth_multiplier=2)(layers.BatchNormalization()(x))
    x = layers.AveragePooling2D((1, 4))(layers.Activation("elu")(x))
    x = layers.SeparableConv2D(16, (1, 16), padding="same")(x)
    x = layers.SpatialDropout2D(0.2)(layers.AveragePooling2D((1, 8))(x))
    return keras.Model(i, layers.Dense(4)(layers.Flatten()(x)))


@model
def audio() -> Any:
    w = keras.Input((16000,))
    x = layers.Reshape((16000, 1))(w)
    x = layers.Conv1D(16, 80, strides=4)(x)
    x = layers.MaxPooling1D(4)(layers.BatchNormalization()(x))
    x = layers.Conv1D(32, 3)(x)
    x = layers.GRU(20)(x)
    return keras.Model(w, layers.Dense(35)(x))


@model
def spectrogram() -> Any:
    s = keras.Input((124, 129, 1))
    x = layers.Resizing(32, 30)(s)
    x = layers.Normalization(axis=None, mean=0.0, variance=1.0)(x)
    x = layers.Conv2D(32, 3)(x)
    x = layers.MaxPooling2D()(x)
    return keras.Model(s, layers.Dense(8)(layers.Flatten()(x)))


@model
def time_series() -> Any:
    i = keras.Input((24, 19))
    x = layers.Lambda(lambda x: x[:, -3:, :])(i)
    x = layers.Conv1D(32, 3)(x)
    x = layers.Dense(12 * 19)(x)
    return keras.Model(i, layers.Reshape([12, 19])(x))


@model
def single_shot() -> Any:
    return keras.Sequential([keras.Input((24, 19)), layers.LSTM(32), layers.Dense(6 * 19), layers.Reshape([6, 19])])


@model
def text_vec() -> Any:
    t = layers.TextVectorization(max_tokens=100, output_sequence_length=17, vocabulary=["a", "b"])
    i = keras.Input((1,), dtype="string")
    x = layers.Embedding(100, 12)(t(i))
    return keras.Model(i, layers.Dense(1)(layers.GlobalAveragePooling1D()(x)))


@model
def captions() -> Any:
    feats, toks = keras.Input((49, 64), name="image_features"), keras.Input((None,), dtype="int32", name="tokens")
    m = layers.Dense(36)(feats)
    x = layers.Embedding(500, 36)(toks)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 18)(x, x, use_causal_mask=True)])
    x = layers.LayerNormalization()(layers.Add()([x, layers.MultiHeadAttention(3, 12)(query=x, value=m, key=m)]))
    return keras.Model([feats, toks], layers.Dense(500)(x))


@model
def clip() -> Any:
    im, tx = keras.Input((32, 24, 3), name="image"), keras.Input((16,), dtype="int32", name="text")
    a = layers.Dense(20)(layers.GlobalAveragePooling2D()(layers.Conv2D(8, 3)(im)))
    b = layers.Dense(20)(layers.GlobalMaxPooling1D()(layers.Embedding(99, 12)(tx)))
    a, b = layers.UnitNormalization()(a), layers.UnitNormalization()(b)
    return keras.Model([im, tx], ops.matmul(a, ops.transpose(b)))


@model
def glu() -> Any:
    i = keras.Input((30, 8))
    a, b = ops.split(layers.Dense(24)(i), 2, axis=-1)
    x = a * ops.sigmoid(b)
    return keras.Model(i, layers.LSTM(5)(x))


@model
def moe() -> Any:
    i = keras.Input((31,))
    ex = ops.stack([layers.Dense(9)(i) for _ in range(4)], axis=1)
    g = layers.Dense(4, activation="softmax")(i)
    return keras.Model(i, layers.Dense(3)(ops.einsum("be,bed->bd", g, ex)))


@model
def positions() -> Any:
    i = keras.Input((35,), dtype="int32")
    p = layers.Embedding(35, 22)(ops.arange(35))
    x = layers.Embedding(800, 22)(i) + p
    return keras.Model(i, layers.Dense(6)(x[:, 0]))


@model
def se_keepdims() -> Any:
    i = keras.Input((28, 36, 24))
    s = layers.GlobalAveragePooling2D(keepdims=True)(i)
    s = layers.Conv2D(24, 1, activation="sigmoid")(layers.Conv2D(6, 1, activation="relu")(s))
    return keras.Model(i, i * s)


@model
def attention_pool() -> Any:
    i = keras.Input((25,), dtype="int32")
    h = layers.Bidirectional(layers.LSTM(8, return_sequences=True))(layers.Embedding(90, 11)(i))
    w = ops.softmax(ops.squeeze(layers.Dense(1)(h), -1), axis=1)
    return keras.Model(i, layers.Dense(2)(ops.sum(h * ops.expand_dims(w, -1), axis=1)))


@model
def states_joined() -> Any:
    i = keras.Input((13, 5))
    y, h, c = layers.LSTM(8, return_sequences=True, return_state=True)(i)
    return keras.Model(i, layers.Dense(2)(layers.Concatenate()([y[:, -1, :], h, c])))


@model
def conv_autoencoder_1d() -> Any:
    i = keras.Input((288, 1))
    x = layers.Conv1D(32, 7, strides=2, padding="same")(i)
    x = layers.Dropout(0.2)(x)
    x = layers.Conv1D(16, 7, strides=2, padding="same")(x)
    x = layers.Conv1DTranspose(16, 7, strides=2, padding="same")(x)
    x = layers.UpSampling1D(2)(x)
    return keras.Model(i, layers.Conv1DTranspose(1, 7, padding="same")(x))


@model
def take_concat() -> Any:
    i = keras.Input((20, 6))
    last = ops.take(i, [-1], axis=1)
    d = i[:, 1:] - i[:, :-1]
    x = ops.concatenate([d, last], axis=1)
    x = ops.pad(x, [[0, 0], [2, 0], [0, 0]])
    x = ops.flip(x, axis=1)
    return keras.Model(i, ops.stack([ops.mean(x, 1), ops.std(x, 1), ops.max(x, 1)], axis=-1))


@model
def mdn() -> Any:
    i = keras.Input((4,))
    h = layers.Dense(18)(i)
    mu = layers.Reshape((5, 3))(layers.Dense(15)(h))
    pi = layers.Dense(5, activation="softmax")(h)
    return keras.Model(i, ops.sum(mu * pi[..., None], axis=1))


@model
def dqn() -> Any:
    i = keras.Input((4, 84, 80))
    x = layers.Lambda(lambda t: ops.transpose(t, [0, 2, 3, 1]), output_shape=(84, 80, 4))(i)
    x = layers.Conv2D(32, 8, strides=4)(x)
    x = layers.Flatten()(x)
    a = layers.Dense(6)(x)
    v = layers.Dense(1)(x)
    return keras.Model(i, v + a - ops.mean(a, axis=1, keepdims=True))


@model
def nested_time() -> Any:
    w = keras.Input((12, 30), dtype="int32")
    word = keras.Input((30,), dtype="int32")
    enc = keras.Model(word, layers.GRU(14)(layers.Embedding(60, 9)(word)), name="sentence")
    x = layers.TimeDistributed(enc)(w)
    return keras.Model(w, layers.Dense(3)(layers.GRU(8)(x)))


@model
def multi_scale_text() -> Any:
    i = keras.Input((50,), dtype="int32")
    e = layers.Embedding(400, 32)(i)
    x = layers.Reshape((50, 32, 1))(e)
    ps = [layers.MaxPooling2D((50 - k + 1, 1))(layers.Conv2D(7, (k, 32))(x)) for k in (2, 3, 4)]
    return keras.Model(i, layers.Dense(2)(layers.Flatten()(layers.Concatenate(axis=1)(ps))))


class TransformerBlock(layers.Layer):
    def __init__(self, embed_dim: Any, num_heads: Any, ff_dim: Any, rate: Any = 0.1) -> None:
        super().__init__()
        self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.ffn = keras.Sequential([layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)])
        self.layernorm1 = layers.LayerNormalization(epsilon=1e-6)
        self.layernorm2 = layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = layers.Dropout(rate)

    def call(self, inputs: Any) -> Any:
        a = self.dropout1(self.att(inputs, inputs))
        out1 = self.layernorm1(inputs + a)
        return self.layernorm2(out1 + self.ffn(out1))


class TokenAndPositionEmbedding(layers.Layer):
    def __init__(self, maxlen: Any, vocab_size: Any, embed_dim: Any) -> None:
        super().__init__()
        self.token_emb = layers.Embedding(input_dim=vocab_size, output_dim=embed_dim)
        self.pos_emb = layers.Embedding(input_dim=maxlen, output_dim=embed_dim)

    def call(self, x: Any) -> Any:
        maxlen = ops.shape(x)[-1]
        positions = ops.arange(start=0, stop=maxlen, step=1)
        return self.token_emb(x) + self.pos_emb(positions)


@model
def text_transformer() -> Any:
    i = keras.Input((44,))
    x = TokenAndPositionEmbedding(44, 500, 32)(i)
    x = TransformerBlock(32, 2, 40)(x)
    return keras.Model(i, layers.Dense(2)(layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(x))))


class Patches(layers.Layer):
    def __init__(self, patch_size: Any) -> None:
        super().__init__()
        self.patch_size = patch_size

    def call(self, images: Any) -> Any:
        b, h, w, c = ops.shape(images)
        patches = ops.image.extract_patches(images, size=self.patch_size)
        return ops.reshape(
            patches, (b, (h // self.patch_size) * (w // self.patch_size), self.patch_size * self.patch_size * c)
        )


class PatchEncoder(layers.Layer):
    def __init__(self, num_patches: Any, projection_dim: Any) -> None:
        super().__init__()
        self.num_patches = num_patches
        self.projection = layers.Dense(units=projection_dim)
        self.position_embedding = layers.Embedding(input_dim=num_patches, output_dim=projection_dim)

    def call(self, patch: Any) -> Any:
        positions = ops.expand_dims(ops.arange(start=0, stop=self.num_patches, step=1), axis=0)
        return self.projection(patch) + self.position_embedding(positions)


@model
def vit() -> Any:
    i = keras.Input((72, 60, 3))
    x = PatchEncoder(120, 64)(Patches(6)(i))
    for _ in range(2):
        x1 = layers.LayerNormalization(epsilon=1e-6)(x)
        x2 = layers.Add()([layers.MultiHeadAttention(4, 16)(x1, x1), x])
        x3 = layers.Dense(64)(layers.Dense(128, activation=keras.activations.gelu)(layers.LayerNormalization()(x2)))
        x = layers.Add()([x3, x2])
    return keras.Model(i, layers.Dense(10)(layers.Flatten()(layers.LayerNormalization()(x))))


class Linear(layers.Layer):
    def __init__(self, units: Any) -> None:
        super().__init__()
        self.units = units

    def build(self, s: Any) -> None:
        self.w = self.add_weight(shape=(s[-1], self.units), name="w")
        self.b = self.add_weight(shape=(self.units,), name="b")

    def call(self, x: Any) -> Any:
        return ops.matmul(x, self.w) + self.b


@model
def custom_linear_seq() -> Any:
    i = keras.Input((21, 13))
    return keras.Model(i, layers.GRU(5)(Linear(7)(i)))


class Bahdanau(layers.Layer):
    def __init__(self, units: Any) -> None:
        super().__init__()
        self.W1 = layers.Dense(units)
        self.W2 = layers.Dense(units)
        self.V = layers.Dense(1)

    def call(self, query: Any, values: Any) -> Any:
        score = self.V(ops.tanh(self.W1(values) + self.W2(ops.expand_dims(query, 1))))
        w = ops.softmax(score, axis=1)
        return ops.sum(w * values, axis=1), w


@model
def bahdanau_custom() -> Any:
    e = keras.Input((15,), dtype="int32")
    y, h = layers.GRU(12, return_sequences=True, return_state=True)(layers.Embedding(90, 10)(e))
    c, w = Bahdanau(9)(h, y)
    return keras.Model(e, [layers.Dense(4)(layers.Concatenate()([c, h])), w])


class GraphAttention(layers.Layer):
    def __init__(self, units: Any) -> None:
        super().__init__()
        self.units = units

    def build(self, s: Any) -> None:
        self.kernel = self.add_weight(shape=(s[0][-1], self.units), name="kernel")
        self.a = self.add_weight(shape=(self.units * 2, 1), name="attn")

    def call(self, inputs: Any) -> Any:
        n, e = inputs
        h = ops.matmul(n, self.kernel)
        pair = ops.reshape(ops.take(h, ops.cast(e, "int32"), axis=0), (-1, 2 * self.units))
        return ops.segment_sum(ops.matmul(pair, self.a) * h[:1], ops.cast(e[:, 0], "int32"), 33)


@model
def graph_custom() -> Any:
    n, e = keras.Input(batch_shape=(33, 14)), keras.Input(batch_shape=(71, 2), dtype="int32")
    return keras.Model([n, e], GraphAttention(8)([n, e]))


class VQ(layers.Layer):
    def __init__(self, k: Any, d: Any) -> None:
        super().__init__()
        self.k, self.d = k, d

    def build(self, s: Any) -> None:
        self.emb = self.add_weight(shape=(self.d, self.k), name="codebook")

    def call(self, x: Any) -> Any:
        sh = ops.shape(x)
        flat = ops.reshape(x, [-1, self.d])
        sim = ops.matmul(flat, self.emb)
        dist = ops.sum(flat**2, axis=1, keepdims=True) + ops.sum(self.emb**2, axis=0) - 2 * sim
        idx = ops.argmin(dist, axis=1)
        q = ops.matmul(ops.one_hot(idx, self.k), ops.transpose(self.emb))
        q = ops.reshape(q, sh)
        self.add_loss(ops.mean((ops.stop_gradient(q) - x) ** 2))
        return x + ops.stop_gradient(q - x)


@model
def vqvae() -> Any:
    i = keras.Input((28, 24, 1))
    x = layers.Conv2D(32, 3, strides=2, padding="same")(i)
    x = layers.Conv2D(16, 1)(x)
    x = VQ(50, 16)(x)
    return keras.Model(i, layers.Conv2DTranspose(1, 3, strides=2, padding="same")(x))


@model
def lambdas() -> Any:
    i = keras.Input((28, 26))
    x = layers.Lambda(lambda t: ops.expand_dims(t, -1))(i)
    x = layers.Conv2D(6, 3)(x)
    x = layers.Lambda(lambda t: ops.max(t, axis=(1, 2)))(x)
    return keras.Model(i, layers.Lambda(lambda t: ops.normalize(t, axis=-1))(x))


class ResBlock(keras.Model):
    def __init__(self, f: Any) -> None:
        super().__init__()
        self.c1 = layers.Conv2D(f, 3, padding="same")
        self.b = layers.BatchNormalization()
        self.c2 = layers.Conv2D(f, 1)

    def call(self, x: Any, training: Any = False) -> Any:
        return ops.relu(self.b(self.c1(x), training=training) + self.c2(x))


@model
def res_subclass() -> Any:
    i = keras.Input((40, 30, 3))
    return keras.Model(i, layers.GlobalMaxPooling2D()(ResBlock(22)(ResBlock(11)(i))))


class RevIN(layers.Layer):
    def build(self, s: Any) -> None:
        self.gamma = self.add_weight(shape=(s[-1],), name="gamma")

    def call(self, x: Any) -> Any:
        m = ops.mean(x, axis=1, keepdims=True)
        v = ops.std(x, axis=1, keepdims=True)
        return (x - m) / (v + 1e-5) * self.gamma


@model
def patch_tst() -> Any:
    i = keras.Input((96, 7))
    x = RevIN()(i)
    x = ops.transpose(x, (0, 2, 1))
    x = layers.Reshape((7, 8, 12))(x)
    x = layers.Dense(16)(x)
    x = layers.Reshape((7, 128))(x)
    x = layers.Dense(24)(x)
    return keras.Model(i, layers.Permute((2, 1))(x))


@model
def gru_d_multi() -> Any:
    v, m = keras.Input((48, 12), name="values"), keras.Input((48, 12), name="mask")
    x = layers.Concatenate()([v, m, v * m])
    x = layers.GRU(20, go_backwards=True, return_sequences=True)(x)
    return keras.Model([v, m], layers.TimeDistributed(layers.Dense(12))(x))


@model
def multi_head_manual() -> Any:
    i = keras.Input((None, 24))
    q = layers.EinsumDense("bsd,dhk->bshk", output_shape=(None, 3, 8), bias_axes="hk")(i)
    k = layers.EinsumDense("bsd,dhk->bshk", output_shape=(None, 3, 8))(i)
    v = layers.EinsumDense("bsd,dhk->bshk", output_shape=(None, 3, 8))(i)
    s = ops.softmax(ops.einsum("bqhk,bthk->bhqt", q, k))
    o = ops.einsum("bhqt,bthk->bqhk", s, v)
    return keras.Model(i, layers.EinsumDense("bqhk,hkd->bqd", output_shape=(None, 24))(o))


@model
def word_char() -> Any:
    w, c = keras.Input((None,), dtype="int32", name="words"), keras.Input((None, 10), dtype="int32", name="chars")
    e = layers.Embedding(100, 20)(w)
    ch = layers.TimeDistributed(layers.Conv1D(8, 3))(layers.Embedding(50, 6)(c))
    ch = layers.TimeDistributed(layers.GlobalMaxPooling1D())(ch)
    x = layers.Bidirectional(layers.LSTM(9, return_sequences=True))(layers.concatenate([e, ch]))
    return keras.Model([w, c], layers.Dense(17)(x))


@model
def detection_heads() -> Any:
    i = keras.Input((64, 96, 3))
    x = layers.Conv2D(16, 3, strides=4, padding="same")(i)
    cls = layers.Reshape((-1, 20))(layers.Conv2D(9 * 20, 3, padding="same")(x))
    box = layers.Reshape((-1, 4))(layers.Conv2D(9 * 4, 3, padding="same")(x))
    return keras.Model(i, layers.Concatenate(axis=-1)([box, cls]))


@model
def lora() -> Any:
    i = keras.Input((30,))
    d = layers.Dense(12)
    x = d(i)
    d.enable_lora(3)
    return keras.Model(i, x)


@model
def image_ops() -> Any:
    i = keras.Input((50, 40, 3))
    x = ops.image.resize(i, (32, 24))
    x = ops.max_pool(x, 2, 2)
    x = ops.image.rgb_to_grayscale(x)
    return keras.Model(i, ops.average_pool(x, 3))


@model
def spectral() -> Any:
    i = keras.Input((800,))
    r, im = ops.stft(i, 64, 32, 64)
    x = ops.sqrt(r**2 + im**2)
    return keras.Model(i, layers.GRU(6)(x))


@model
def pos_encoding_concat() -> Any:
    i = keras.Input((15, 8))
    t = keras.Input((1,), name="time")
    emb = layers.Dense(8)(ops.concatenate([ops.sin(t), ops.cos(t)], axis=-1))
    x = i + emb[:, None, :]
    x = layers.Conv1D(8, 3, padding="same")(x)
    return keras.Model([i, t], x)


@model
def diffusion_unet() -> Any:
    im, noise = keras.Input((32, 24, 3), name="noisy"), keras.Input((1, 1, 1), name="variance")
    e = layers.Lambda(lambda x: ops.concatenate([ops.sin(x), ops.cos(x)], axis=3))(noise)
    e = layers.UpSampling2D(size=(32, 24), interpolation="nearest")(e)
    x = layers.Concatenate()([layers.Conv2D(9, 1)(im), e])
    return keras.Model([im, noise], layers.Conv2D(3, 1, kernel_initializer="zeros")(x))


@model
def gated_pixelcnn() -> Any:
    class PixelConv(layers.Layer):
        def __init__(self, mask_type: Any, **k: Any) -> None:
            super().__init__()
            self.mask_type = mask_type
            self.conv = layers.Conv2D(**k)

        def build(self, s: Any) -> None:
            self.conv.build(s)

        def call(self, x: Any) -> Any:
            return self.conv(x)

    i = keras.Input((28, 22, 1))
    x = PixelConv("A", filters=12, kernel_size=7, padding="same")(i)
    return keras.Model(i, PixelConv("B", filters=1, kernel_size=1)(x))
