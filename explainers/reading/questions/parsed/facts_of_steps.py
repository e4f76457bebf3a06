"""What is told of recurrent layers: their arguments, their states, how they are stacked."""

from __future__ import annotations

from explainers.reading.questions.parsed.fact import Fact, needs

FACTS: tuple[Fact, ...] = (
    Fact(
        needs("output, recurrent, two axes"),
        "why a recurrent layer returns two axes",
        "Without return_sequences=True {rnn} returns the output of the last step only, so the steps are gone: "
        "{reads} becomes {out}, one row of {units} numbers for each sample. With return_sequences=True it is "
        "(batch, {steps}, {units}), one row for each step",
    ),
    Fact(
        needs("return_sequences, return_state", "return_sequences, states"),
        "what return_sequences and return_state do",
        "return_sequences=True returns the output of every step, (batch, {steps}, {units}), and without it only "
        "the last, (batch, {units}). return_state=True also returns the last states: an LSTM has two, h and c, "
        "each (batch, {units}). An encoder passes them to a decoder as initial_state",
        layers=(("RNN", {"units": "$units", "return_sequences": True, "return_state": True}),),
    ),
    Fact(
        needs("return_sequences, what", "may, return_sequences", "apart, return_sequences", "return_sequences, why"),
        "what return_sequences does",
        "return_sequences=True returns the output of every step, {out}; without it, the layer returns only the "
        "last, (batch, {units}). You need it before another layer that reads steps (a second LSTM, a Conv1D), "
        "and where you predict something at every step. It changes no weight: {params} parameters either way",
        layers=(("RNN", {"units": "$units", "return_sequences": True}),),
    ),
    Fact(
        needs("last one, return_sequences"),
        "whether the last recurrent layer needs return_sequences",
        "The last recurrent layer needs return_sequences=True only for an output at every step. Without it {rnn} "
        "returns one row for each sample, {out}, which a Dense reads; with it all {steps} steps stay, (batch, "
        "{steps}, {units}). Only a layer that another recurrent layer follows must have it",
    ),
    Fact(
        needs("return_state, what", "may, return_state"),
        "what return_state does",
        "return_state=True returns the last states in addition to the output, each of shape (batch, {units}): an "
        "LSTM has two, h and c; a GRU or SimpleRNN one. So the call returns a list: output, h, c",
        layers=(("RNN", {"units": "$units", "return_state": True}),),
    ),
    Fact(
        needs("stateful, what", "may, stateful", "stateful, why", "batch size, stateful"),
        "what stateful keeps",
        "stateful=True keeps the states after a batch: sample i of the next batch continues sample i of this "
        "one, so every batch needs the same fixed number of samples, keras.Input(batch_shape=({batch}, {steps}, "
        "{features})). To predict a different number of samples, build the same layers with that batch and copy "
        "the weights with set_weights. Reset where new sequences begin: layer.reset_states(). Without it, each "
        "sample starts at 0",
    ),
    Fact(
        needs("apart, states", "states, what", "how many, states", "may, states", "gru, may, states"),
        "what the hidden state and the cell state are",
        "The hidden state h is what the layer returns at a step; the cell state c is what an LSTM also keeps. "
        "Both have {units} numbers for each sample, (batch, {units}). GRU and SimpleRNN have only h. They start "
        "at 0 unless you pass initial_state",
        layers=(("RNN", {"units": "$units", "return_state": True}),),
    ),
    Fact(
        needs("initial state", "initial state, recurrent", "initial state, states", "initial state, may, recurrent"),
        "how an initial state is passed",
        "Pass it where the layer is called: {rnn}({units})(x, initial_state=[h, c]) for an LSTM, initial_state=h "
        "for a GRU or SimpleRNN, each of shape (batch, {units}). It may be an Input, or a state that another "
        "layer returns with return_state=True, such as an encoder's. Without it the states start at 0: the "
        "output is {out} either way",
        layers=(("RNN", {"units": "$units", "return_state": True}),),
    ),
    Fact(
        needs("recurrent, stack", "return_sequences, stack"),
        "how recurrent layers are stacked",
        "Set return_sequences=True in every recurrent layer that is followed by another one: {rnn}({units}, "
        "return_sequences=True) passes on {out1}, and the next one needs those three axes. The last one returns "
        "{out}; set it there too only if you need an output at each step",
        layers=(
            ("RNN", {"units": "$units", "return_sequences": True}),
            ("RNN", {"units": "$units"}),
        ),
    ),
    Fact(
        needs("bidirectional, what", "bidirectional, why", "apart, bidirectional", "bidirectional, count"),
        "what Bidirectional does",
        "Bidirectional runs two layers, one forward and one backward in time, and joins their outputs: twice the "
        "units in the last axis, and twice the parameters",
    ),
    Fact(
        needs("count, gates, recurrent, why", "gates, recurrent", "gates, why"),
        "what the gates are",
        "An LSTM has 4 sets of the same weights: input gate, forget gate, output gate and the candidate for "
        "the cell; a GRU has 3, a SimpleRNN 1. Each set has a kernel (features × units), a "
        "recurrent_kernel (units × units) and a bias: {rnn}({units}) on {features} features has {params} "
        "parameters",
    ),
    Fact(
        needs("choose, steps"),
        "how many timesteps to choose",
        "Take as many timesteps as the past that matters: a whole cycle where there is one, such as 12 or 24 for "
        "months "
        "or 7 for days. n readings in a row make n - timesteps windows, so longer ones leave fewer samples. It changes "
        "no weight: {rnn}({units}) reads {reads} and has {params} parameters for any number of steps",
    ),
    Fact(
        needs("choose, units"),
        "how many units to choose",
        "Choose units freely: they need not equal the timesteps, the features or the samples. More units "
        "remember more and need more data; 16 to 128 is a usual start; choose by the validation loss. What it "
        "costs: {rnn}({units}) on {features} features has {params} parameters, and about four times as many with "
        "twice the units",
    ),
    Fact(
        needs(
            "apart, dense, timedistributed",
            "apart, dense, three axes, timedistributed",
            "apart, count, dense, three axes, timedistributed",
        ),
        "how TimeDistributed(Dense) differs from Dense",
        "There is no difference: a Dense works on the last axis, with the same kernel at every step, and that is what "
        "TimeDistributed(Dense(...)) does. On {reads} both return {out}, with {params} parameters. TimeDistributed is "
        "needed around layers that read more axes, such as Conv2D",
        layers=(("Dense", {"units": "$units"}),),
    ),
    Fact(
        needs(
            "dense, each step",
            "dense, timedistributed",
            "dense, return_sequences, timedistributed",
            "timedistributed, what",
            "each step, output, recurrent",
        ),
        "how to get an output at each step",
        "return_sequences=True returns {out1}, one row for each of the {steps} steps, and a Dense after it works "
        "on every step with the same weights: {out}. TimeDistributed(Dense(...)) does the same; TimeDistributed "
        "is needed around layers that read more axes, such as Conv2D",
        layers=(
            ("RNN", {"units": "$units", "return_sequences": True}),
            ("Dense", {"units": "$classes"}),
        ),
    ),
    Fact(
        needs(
            "mask, what",
            "mask, may",
            "mask, shape",
            "depends, mask",
            "mask, recurrent, shape",
            "padding, recurrent",
            "mask, padding",
            "other length, padding",
            "mask, recurrent",
        ),
        "how padded steps are skipped",
        "Sequences of one batch need one length, so pad them with keras.utils.pad_sequences and let "
        "Masking(mask_value=0.0) (or Embedding(..., mask_zero=True)) mark the padded steps: a recurrent layer "
        "then skips them and keeps its state. The mask is (batch, {steps}), one True or False per step. The shapes "
        "stay: {out1} after the Masking, {out} after "
        "the {rnn}",
        layers=(
            ("Masking", {"mask_value": 0.0}),
            ("RNN", {"units": "$units"}),
        ),
    ),
)
