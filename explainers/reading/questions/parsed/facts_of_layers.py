"""What is told of embeddings, attention and layers without units or filters."""

from __future__ import annotations

from explainers.reading.questions.parsed.fact import ROW, Fact, needs

FACTS: tuple[Fact, ...] = (
    Fact(
        needs(
            "embedding, what",
            "embedding, input_shape",
            "embedding, shape",
            "embedding, output_dim",
            "embedding, vocabulary",
            "output_dim, vocabulary",
            "embedding, ids",
            "embedding, vocabulary, why",
            "embedding, two axes",
            "embedding, three axes",
            "embedding, three axes, two axes",
        ),
        "what an Embedding reads and returns",
        "An Embedding reads ids, whole numbers of shape (batch, steps), and returns a row of output_dim numbers "
        "for each: {reads} becomes {out}. input_dim is the largest id + 1, because ids start at 0 (often kept "
        "for padding): here they go up to {vocabulary_minus_1}. output_dim is yours to choose: {vocabulary} × "
        "{output_dim} = {params} parameters",
        reads=("steps",),
        layers=(("Embedding", {"input_dim": "$vocabulary", "output_dim": "$output_dim"}),),
    ),
    Fact(
        needs(
            "input_length", "input_length, vocabulary", "embedding, input_length, vocabulary", "embedding, input_length"
        ),
        "what input_length was",
        "input_length was how many ids each sample has; today Keras takes it from the data, and warns if it is "
        "passed. input_dim is how many different ids there are: Embedding({vocabulary}, {output_dim}) turns "
        "{reads} into {out}. It has {params} parameters for any length",
        reads=("steps",),
        layers=(("Embedding", {"input_dim": "$vocabulary", "output_dim": "$output_dim"}),),
    ),
    Fact(
        needs(
            "key_dim",
            "key_dim, what",
            "heads, key_dim",
            "embedding, key_dim",
            "features, key_dim",
            "embedding, heads, key_dim",
            "features, heads, key_dim",
        ),
        "what key_dim is",
        "key_dim is how many numbers each head has for a query and a key, so the query kernel is (features, "
        "num_heads, key_dim). You choose it: num_heads × key_dim need not be the features (the embedding size), "
        "though features / num_heads is usual. The output keeps the features: {reads} becomes {out}, with "
        "{params} parameters",
        layers=(("MultiHeadAttention", {"num_heads": "$heads", "key_dim": "$key_dim"}),),
    ),
    Fact(
        needs("heads, what", "apart, heads", "depends, heads"),
        "what heads are",
        "Each head compares all steps with all others, on key_dim numbers; {heads} heads do this in parallel and "
        "are then joined, so the output has the features of the input: {reads} becomes {out}. More heads have "
        "more weights: {params} here",
        layers=(("MultiHeadAttention", {"num_heads": "$heads", "key_dim": "$key_dim"}),),
    ),
    Fact(
        needs(
            "scores, transformer",
            "heads, scores",
            "heads, scores, transformer",
            "scores, shape, transformer",
            "heads, scores, shape, transformer",
        ),
        "which shape attention scores have",
        "A score for each head, query step and key step: (batch, {heads}, {queries}, {queries}) where {queries} "
        "steps attend to themselves; with a separate value the last size is its number of steps. The layer "
        "returns them with return_attention_scores=True, in addition to its output, {out}",
        reads=("queries", "features"),
        layers=(("MultiHeadAttention", {"num_heads": "$heads", "key_dim": "$key_dim"}),),
    ),
    Fact(
        needs("mask, transformer", "heads, mask", "mask, steps, transformer"),
        "which mask attention reads",
        "attention_mask has a row for each query step and a column for each key step, so (batch, {queries}, "
        "{keys}): 1 where a query step may look, 0 where not. (1, {queries}, {keys}) serves all samples alike, "
        "and every head gets the same mask. It changes no shape: a query {reads} becomes {out}",
        reads=("queries", "features"),
        layers=(("MultiHeadAttention", {"num_heads": "$heads", "key_dim": "$key_dim"}),),
        values=("keys", "features"),
    ),
    Fact(
        needs("count, dropout", "dropout, shape", "dropout, output", "dropout, what"),
        "what Dropout changes",
        "Dropout has no parameters and changes no shape: {reads} becomes {out}. While it trains it sets a random "
        "part of the numbers to 0 and scales the rest; predict leaves them as they are",
        reads=ROW,
        layers=(("Dropout", {"rate": 0.5}),),
    ),
    Fact(
        needs("batch size, batchnorm"),
        "whether BatchNormalization works with any batch",
        "BatchNormalization runs with any batch, also one of 1, and its weights and shapes stay as they are: "
        "{reads} becomes {out}. But in training it normalizes with the mean and variance of the batch, which say "
        "little for 1 sample; predict uses the moving averages, so there the batch doesn't matter. "
        "LayerNormalization doesn't look at the batch at all",
        reads=ROW,
        layers=(("BatchNormalization", {}),),
    ),
    Fact(
        needs("batchnorm, count", "batchnorm, trainable", "trainable, what", "trainable, why"),
        "which parameters aren't trained",
        "BatchNormalization has four numbers for each feature: gamma and beta are trained, moving_mean and "
        "moving_variance are measured on the batches and count as non-trainable. On {features} features that is "
        "{params} parameters, half of them non-trainable. A frozen layer's weights (trainable=False) count so, "
        "too",
        reads=ROW,
        layers=(("BatchNormalization", {}),),
    ),
)
