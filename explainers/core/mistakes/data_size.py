"""The data have another size than the model was built for."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import math
import re
from dataclasses import replace

from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import SHEETS
from explainers.core.mistakes.channels import made_for_others
from explainers.core.mistakes.kit.batches import first_axis_only
from explainers.core.mistakes.kit.colors import MOST_CHANNELS
from explainers.core.mistakes.kit.columns import columns_as_trained, last_steps, rows_as_steps
from explainers.core.mistakes.kit.converted import CONVERTED
from explainers.core.mistakes.kit.declared import by_the_shapes
from explainers.core.mistakes.kit.fed import fed, fed_with_a_list
from explainers.core.mistakes.kit.image_sizes import laid_flat, of_patches, resized, width_in_words, with_fed_data
from explainers.core.mistakes.kit.judged import built_for_other
from explainers.core.mistakes.kit.loaders import read_as_declared
from explainers.core.mistakes.kit.mending.data import DATA, stacked
from explainers.core.mistakes.kit.mending.made_for import MADE_FOR
from explainers.core.mistakes.kit.mending.small import BATCHES
from explainers.core.mistakes.kit.mending.weighted import WEIGHTED
from explainers.core.mistakes.kit.pipelines import of_pipeline
from explainers.core.mistakes.kit.pixels import features_not_classes
from explainers.core.mistakes.kit.ranks import no_numbers
from explainers.core.mistakes.kit.scaled import SCALED
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
    shared,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said
from explainers.core.spec import CallSpec, Check, LayerSpec, ModelSpec, Ref, Sizes, chain

_IN_VALIDATION = re.compile(r"\.fit\(.{1,4000}?training=False", re.DOTALL)


def _advice_of_width(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Pictures of another size; or data for validation that aren't as those for training are."""
    wanted = finding.number("right")
    if wanted is not None and finding.shape("found") and _IN_VALIDATION.search(finding.around):
        return (
            Change(
                (
                    f"If training itself runs, give the validation data the shape of the training data: {wanted} on "
                    f"axis {finding.number('axis')}."
                ),
                code="print(x_train.shape, x_val.shape)  # all numbers but the first must agree",
                means="The message says training=False, so it is about the validation at the end of an epoch.",
            ),
        )
    return columns_as_trained(finding) or resized(finding, dims)


def _of_kernel(finding: Finding, said: Said) -> str | None:
    """A convolution calls what it was made for its channels."""
    rules = SHEETS.get(finding.class_name or "")
    return "channels" if rules and rules.group == "conv" else None


def _of_state(finding: Finding, said: Said) -> str | None:
    """What a state is told in the same words; and another number of axes behind the batch, whatever their sizes are."""
    expected, found = finding.shape("expected"), finding.shape("found")
    ranks = bool(expected and found and found[0] is None and len(expected) != len(found))
    if finding.number("batch_size") is not None:
        return "stateful_batch"
    ranks = ranks or bool(rows_as_steps(finding))
    return "initial_state" if said.match.group().startswith("State") else "data_rank" if ranks else None


_SEVERAL_FED = re.compile(r"\.(?:fit|predict|evaluate|train_on_batch)\(\s{0,9}\[|\b(?:inputs ?= ?|Model\(\s{0,9})\[")


def _in_another_order(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Several arrays, where one of them meets an Input that is made for another."""
    expected, found = finding.shape("expected"), finding.shape("found")
    if not expected or not found or finding.class_name != "Functional" or not _SEVERAL_FED.search(finding.around):
        return ()
    if len(expected) == len(found) and not _of_another_input(finding, found):
        return ()
    return (
        Change(
            "Pass the arrays in the order of the Inputs, keras.Model([first, second], …).",
            code="model.fit([x_first, x_second], y)  # model.input_names lists the order",
            means=f"An array of shape {found} reached the Input for {expected}.",
        ),
    )


def _whole_or_in_another_order(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """What the two shapes say by themselves; else arrays in the order of another Input."""
    if finding.number("batch_size") is not None:
        return _of_fixed_batch(finding)
    given = of_pipeline(finding, dims) or columns_as_trained(finding) or read_as_declared(finding)
    features = given or features_not_classes(finding.shape("expected"), finding.shape("found"))
    return features or last_steps(finding) or by_the_shapes(finding) or _in_another_order(finding, dims)


def _of_fixed_batch(finding: Finding) -> tuple[Change, ...]:
    """(17, 10, 4) for a model of (32, 10, 4): the number of samples was declared."""
    batch, found = finding.number("batch_size"), finding.shape("found") or ()
    return (
        Change(
            "Leave the batch open where the Input is declared, if no layer is stateful.",
            code=f"keras.Input(shape={found[1:]})",
            means="Any number of samples is then accepted.",
        ),
        Change(
            f"Or pass whole batches of {batch}: a number of samples that {batch} divides.",
            code=f"model.predict(x, batch_size={batch})",
        ),
    )


def _names_beside(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """What came, by what the model takes: a fixed batch, or the rows of one image taken for samples."""
    expected = finding.shape("expected") or ()
    if finding.number("batch_size") is not None and role in ("expected", "found") and len(sizes) == 3:
        return ("batch", "timesteps", "features")
    rows = role == "found" and len(sizes) == 3 and len(expected) == 4 and expected[2:] == sizes[1:]
    return ("batch", "width", "channels") if rows and sizes[0] is None and (sizes[2] or 0) <= MOST_CHANNELS else None


def _of_another_input(finding: Finding, found: Sizes) -> bool:
    """Whether the text may have an Input that takes such an array: it writes its shape without the batch."""
    squeezed, sizes = "".join(finding.around.split()), ",".join(map(str, found[1:]))
    written_so = (f"{before}{start}{sizes}{end}" for before in ("Input(", "shape=")
                  for start in "([" for end in (")", ",)", "]"))  # fmt: skip
    return None in found[1:] or any(shape in squeezed for shape in written_so)


def _adapted(finding: Finding, said: Said) -> Finding:
    """Its mean has a 1 in front, for any batch."""
    expected = finding.shape("expected") or (1,)
    return replace(finding, class_name=None, named={**finding.named, "expected": ((None, *expected[1:]),)})


def _words_of_adapted(finding: Finding) -> dict[str, str]:
    expected, found = finding.shape("expected"), finding.shape("found")
    return {"adapted": str(expected[-1]), "given_features": str(found[-1])} if expected and found else {}


def _another_batch(finding: Finding, said: Said) -> Finding:
    """Where only the number of samples differs, the batch was fixed."""
    expected, found = finding.shape("expected"), finding.shape("found")
    if not expected or not found or expected[0] in (None, found[0]) or expected[1:] != found[1:] or found[0] is None:
        return finding
    return replace(finding, values={**finding.values, "batch_size": expected[0], "found_samples": found[0]})


def _of_batch(finding: Finding, said: Said) -> str | None:
    if re.search(r"Tensor u?['\"]\w{1,80}_target\b", said.near(0, 200)):
        return "target_shape"
    return "stateful_batch" if finding.number("batch_size") is not None else None


def _listed(finding: Finding, said: Said) -> Finding:
    """x as a list of equal arrays ("x sizes: 80, 80, …") is a list of samples, not several inputs."""
    second = finding.number("second")
    if second is None or second != finding.number("left"):
        return finding
    kept = {name: value for name, value in finding.values.items() if name != "second"}
    return replace(finding, values={**kept, "listed": second})


def _axis_value(scene: Scene) -> ModelSpec | None:
    """A layer made for one size of its last axis, called on a tensor with another."""
    finding = scene.finding
    found, wanted = finding.shape("found"), finding.number("right")
    if found is None or wanted is None or len(found) < 2:
        return made_for_others(scene)
    class_name = finding.class_name if finding.class_name in SHEETS else "Dense"
    layer = scene.layer(str(class_name), **({"kernel_size": 1} if SHEETS[str(class_name)].group == "conv" else {}))
    made_for = (found[0], wanted) if laid_flat(found, wanted) else (*found[:-1], wanted)
    return shared((entry(made_for, "made_for"), entry(found, "called_on")), layer)


def _cardinality(scene: Scene) -> ModelSpec | None:
    """x and y with different numbers of samples."""
    left, right = scene.finding.number("left"), scene.finding.number("right")
    second = scene.finding.number("second")
    if left is not None and second is not None:
        return _two_lengths(scene, left, second, right if right is not None else left)
    if left is None or right is None:
        return None
    if scene.finding.number("listed") is not None:
        return fed_with_a_list(scene, (left, scene.example("features")), right, (1,))
    features = scene.example("features")
    weights = scene.finding.number("weights")
    weighed = (weights,) if weights is not None else None
    check = Check("fit", ((left, features),), ((right, 1),), "mse", weights=weighed)
    return chain(
        entry((None, features), origin="an example"), (LayerSpec("Dense", "dense", (("units", 1),)),), checks=(check,)
    )


def _two_lengths(scene: Scene, left: int, second: int, targets: int) -> ModelSpec:
    """Two inputs with different numbers of samples."""
    features = scene.example("features")
    inputs = tuple(entry((None, features + i), f"input_{i + 1}", origin="an example") for i in range(2))
    check = Check("fit", ((left, features), (second, features + 1)), ((targets, 2 * features + 1),), "mse")
    call = CallSpec(0, (Ref("input", 0), Ref("input", 1)))
    return ModelSpec(inputs, (LayerSpec("Concatenate", "concatenate"),), (call,), (Ref("call", 0),), checks=(check,))


def rows_of_pixels(found: Sizes) -> tuple[Change, ...]:
    """(1, 5000) for a model of pictures: the sides can't be told from the number of pixels alone."""
    return (
        Change(
            "If each row holds the pixels of one image, give it back its height, width and channels.",
            code="x = x.reshape(-1, height, width, channels)",
            means=f"height × width × channels has to be {found[1]}: the sides can't be told from this number alone.",
        ),
        Change(
            "If each row holds the numbers of a table, use layers that read a vector.",
            code=f"keras.Input(shape=({found[1]},))\nlayers.Dense(units)",
        ),
    )


def in_a_row(found: Sizes) -> bool:
    """Whether each sample is a row of numbers that aren't those of a square image."""
    numbers = found[1] if len(found) == 2 else None
    return numbers is not None and numbers > 1 and not any(math.isqrt(numbers // c) ** 2 * c == numbers for c in (1, 3))


def reshaped(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    if alone := first_axis_only(finding):
        return alone
    expected, found = finding.shape("expected"), finding.shape("found")
    if expected and found and len(expected) == len(found) and finding.without_batch:
        expected, found = (None, *expected), (None, *found)
    if found and 0 in found:
        return no_numbers(found)
    if expected and found and _pooled(expected, found):
        return _of_pooled(expected, found)
    if finding.number("expected_ndim") == 4 and found and in_a_row(found):
        return rows_of_pixels(found)
    patches = of_patches(expected, found)
    if patches:
        return patches
    fixes = [_as_built(expected, found)]
    if expected and found and len(found) == 3 and expected[1:] == (found[2], found[1]) and found[1] != found[2]:
        fixes.insert(0, Change("The two axes are in the other order: swap them.", code="x = np.swapaxes(x, 1, 2)"))
    if expected and found and len(expected) == len(found) + 1 and _one_sample(expected[1:], found):
        fixes.insert(0, Change("One sample needs its batch axis.", code="x = x[np.newaxis]"))
    if expected and found and len(expected) == len(found) and 0 not in found:
        fixes.append(
            Change("Or build the model for what the data have.", code=f"keras.Input(shape={tuple(found[1:])})")
        )
    return tuple(fix for fix in fixes if fix.code) or tuple(fixes)


def _pooled(expected: Sizes, found: Sizes) -> bool:
    """(None, 512) for a model of (None, 7, 7, 512): the features of a trained network, pooled and not."""
    return len(expected) == 4 and len(found) == 2 and expected[3] == found[1] and (found[1] or 0) > MOST_CHANNELS


def _of_pooled(expected: Sizes, found: Sizes) -> tuple[Change, ...]:
    return (
        Change(
            "Keep height and width where the features are made: no pooling there.",
            code="base = keras.applications.VGG16(include_top=False)  # without pooling",
            means=f"{found} is one mean for each channel; the model reads whole maps, {expected}.",
        ),
        Change("Or build the model for pooled features.", code=f"keras.Input(shape={found[1:]})"),
    )


def _as_built(expected: Sizes | None, found: Sizes | None) -> Change:
    """A reshape only of as many numbers; pictures are scaled, and of anything else it isn't known how."""
    label = "Give the data the shape that the model was built for."
    if expected is None or found is None or None in found[1:]:
        return Change(label)
    there, wanted = (math.prod(n or 1 for n in sizes[1:]) for sizes in (found, expected))
    turned = sorted(n or 0 for n in expected[1:]) == sorted(n or 0 for n in found[1:])  # a reshape would mix the axes
    if turned:
        return Change(label)
    if there == wanted or (None in expected[1:] and there % wanted == 0):
        return Change(label, code=f"x = x.reshape({_call(expected)})")
    if len(expected) == len(found) == 4 and expected[3] == found[3]:
        return Change(
            "Resize the images to the size that the model was built for.",
            code=f"x = keras.ops.image.resize(x, {expected[1:3]})",
        )
    return Change(label)


def _one_sample(wanted: tuple[int | None, ...], found: tuple[int | None, ...]) -> bool:
    return all(a == b or a is None or b is None for a, b in zip(wanted, found, strict=True))


def _call(shape: tuple[int | None, ...] | None) -> str:
    """What stands in the brackets of reshape: -1 once, other open axes by a name."""
    named = ["timesteps" if n is None and i else "-1" if n is None else str(n) for i, n in enumerate(shape or ())]
    return ", ".join(named)


_NESTED = re.compile(r"\bpredict\(\s{0,4}\[\s{0,4}\[")


def _of_samples(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Several inputs with different numbers of samples; targets that begin behind the first window."""
    left, second = finding.number("left"), finding.number("second")
    lengths = [shape[0] for shape in finding.named.get("both", ()) if shape and shape[0] is not None]
    if len(set(lengths)) > 1:
        return (
            Change(
                f"Give all arrays the same number of samples: one has {min(lengths):,}, another {max(lengths):,}.",
                code="print([len(part) for part in (x, y1, y2)])",
                means="Labels for a whole data set need one entry for each sample, not for each sample of a batch.",
            ),
        )
    if left is None or second is None:
        return _behind_the_window(finding)
    nested = _NESTED.search(finding.around) is not None
    one = Change(
        "If this is one sample, give each input its batch axis: one sample of each." if 1 in (left, second)
        else "Give every input the same samples, in the same order.",
        code="model.predict([np.array(x1)[np.newaxis], np.array(x2)[np.newaxis]])" if 1 in (left, second)
        else f"x1, x2 = x1[:{min(left, second)}], x2[:{min(left, second)}]",
        means="Keras reads a list inside the list as several arrays, and the first axis of each as samples."
        if nested else "The first axis of every input counts the samples.",
    )  # fmt: skip
    return (one,)


def _behind_the_window(finding: Finding) -> tuple[Change, ...]:
    """As many targets too many as a window is long, by the text: the first targets have no window."""
    left, right = finding.number("left"), finding.number("right")
    more = (right or 0) - (left or 0)
    if left is None or right is None or more < 2 or not re.search(rf"(?<!\d){more}(?!\d)", finding.around):
        return ()
    return (
        Change(
            f"If each window of {more} steps predicts the value after it, start the targets there.",
            code=f"y = y[{more}:]",
            means=f"{right} - {more} = {left}: as many targets as windows.",
        ),
    )


MISTAKE = Mistake(
    name="data_size",
    title="The data have a different size from the one the model was built for",
    searched=(
        "expected shape, found shape",
        "Data cardinality is ambiguous",
        "different number of features",
    ),
    misconception="predict-takes-any-columns",
    order=21,
    families=(
        SCALED,
        Family(
            sees=("/normalization",),
            says=(
                "Dimensions must be equal, but are {left} and {right} for <'|\"|`>?{{node .../normalization...Sub}} = Sub[...with input shapes: {found:shape}, {expected:shape}",
                "Incompatible shapes: {found:shape} vs. {expected:shape} [[{{node .../normalization...Sub",
            ),
            causes=(
                (
                    "The Normalization keeps a mean for each of the {adapted} features that adapt() saw; the data "
                    "have {given_features}."
                ),
                "The Normalization keeps a mean for each feature that adapt() saw, {expected}; the data are {found}.",
            ),
            weight=3,
            completes=(_adapted,),
            words=_words_of_adapted,
            title="Normalization was adapted to different features",
        ),
        Family(
            sees=(
                "found shape=",
                "incompatible shape",
                "was provided with input shape",
                "passed incompatible inputs",
                "generator yielded",
                "already been configured",
                "is incompatible with layer",
            ),
            says=(
                "State {input_number} is incompatible with layer {layer}: expected shape={expected:shape}, found shape={found:shape}",
                "Input {input_number} <with name ... >?of layer {layer} is incompatible with the layer: expected shape={expected:shape}, found shape={found:shape}",
                "Input {input_number} is incompatible with layer {layer}: expected shape={expected:shape}, found shape={found:shape}",
                "expected shape={expected:shape}, found shape={found:shape}",
                "Model was constructed with shape {expected:shape} for input ... it was called on an input with incompatible shape {found:shape}",
                "Layer expects input ndim={expected_ndim}, was provided with input shape {found:shape}",
                "was passed incompatible inputs. For input {layer}, expected shape {expected:shape}, but received instead a tensor with shape {found:shape}",
                "Generator yielded an element of shape {found:shape} where an element of shape {expected:shape} was expected",
                "has already been configured to use input shape {expected:shape}. You cannot build it with input_shape {found:shape}",
            ),
            causes=(
                "{layer} was made for batches of {batch_size} sample(s), {expected}; it got {found_samples}: {found}.",
                "{layer} was built for {expected}; the data are {found}{difference}. {rows}, without the samples axis.",
                "{layer} was built for {expected}; the data are {found}{difference}.",
                "The model was built for {expected}; the data are {found}{difference}.",
                "The layer expects {expected_ndim} axes; the data are {found}.",
            ),
            decides=_of_state,
            completes=(_another_batch,),
            names=_names_beside,
            words=rows_as_steps,
            advice=_whole_or_in_another_order,
            live=fed,
        ),
        Family(
            sees=("expected axis", '"input_length" is'),
            says=(
                "Input {input_number} <with name ... >?of layer {layer} is incompatible with the layer: expected axis {axis} of input shape to have value {right}<,>? but received input with shape {found:shape}",
                "Input {input_number} of layer {layer} is incompatible with the layer: expected axis {axis} of input shape to have value {right}<,>? but received",
                "Input {input_number} is incompatible with layer {layer}: expected axis {axis} <of input shape >?to have value {right} but got shape {found:shape}",
                "expected axis {axis} of input shape to have value {right}<,>? but <received input with|got> shape {found:shape}",
                '"input_length" is {right}, but received input has shape {found:shape}',
                "Input {input_number} <of layer|is incompatible with layer> {layer}<: | is incompatible with the layer: >expected axis {axis} <of input shape >?to have value",
            ),
            causes=(
                "{layer} was made for {right} features; {found} reached it, {times} times as many. The pictures are "
                "{pictures}; after a Flatten, height and width both count, so the model was declared for {declared}.",
                "{layer} was made for {right} features; {found} reached it. The data were {of_data}: after a Flatten, "
                "{counted}, so the model was declared for {another}.",
                "{layer} was made for {right} features; {found} reached it, {times} times as many. If a Flatten is before "
                "it, height and width both count, and each is {longer} times as long there: the images are {larger} than those "
                "that the model was built for.",
                "{layer} was made for {right} numbers, {product}: a whole sample, flattened. The input still has "
                "its axes: {found}.",
                "The weights were made for {right} numbers, {product}: a whole sample, flattened. The input still has its "
                "axes: {found}.",
                "The weights of {layer} were made for {right} on axis {axis}; the input is {found}.",
                "The weights were made for {right} on axis {axis}; the input is {found}.",
                "The weights of {layer} were made for {right} on axis {axis}; the input has a different size there.",
            ),
            decides=_of_kernel,
            completes=(with_fed_data,),
            words=width_in_words,
            advice=_advice_of_width,
            live=_axis_value,
        ),
        CONVERTED,
        Family(
            sees=("cannot feed value",),
            says=(
                "Cannot feed value of shape {found:shape} for Tensor {layer}, which has shape <\"|'>?{expected:shape}",
                "Cannot feed value of shape {found:shape} for Tensor ... which has shape <\"|'>?{expected:shape}",
            ),
            causes=(
                "The model was made for batches of {batch_size} samples, {expected}; the array holds {found_samples}: {found}.",
                "The placeholder takes {expected}; the array is {found}{difference}.",
            ),
            completes=(_another_batch,),
            decides=_of_batch,
        ),
        Family(
            sees=("cardinality", "same number of samples", "not sufficient to split", "samples as target arrays"),
            says=(
                "Data cardinality is ambiguous<:>? ?...x<'>? sizes: {left}, {second}...y<'>? sizes: {right}",
                "Data cardinality is ambiguous<:>? ?<'>?x<'>? sizes: {left}, {second}",
                "Data cardinality is ambiguous...x<'>? sizes: {left}...y<'>? sizes: {right}, {parts}",
                "Data cardinality is ambiguous...x<'>? sizes: {left}...y<'>? sizes: {right}...'sample_weight' sizes: {weights}",
                "Data cardinality is ambiguous...x<'>? sizes: {left}...y<'>? sizes: {right}",
                "Data cardinality is ambiguous",
                "should have the same number of samples as target arrays. Found {left} input samples and {right} target samples",
                "arrays <(x) |(y) |(sample_weight) >?should have the same number of samples. Got array shapes: {both:shapes}",
                "Training data contains {left} samples, which is not sufficient to split it",
                "should have the same number of samples as target arrays. Got {left} input samples and {right} target samples",
            ),
            causes=(
                (
                    "x is a list of arrays, not one array. The first axis of each, {listed}, was read as samples: np.array(x) turns a list of "
                    "samples into one."
                ),
                "The inputs have {left} and {second} samples, the target {right}: every array needs the same number.",
                "The inputs have {left} and {second} samples: every array needs the same number.",
                (
                    "x has {left} samples; y is a list of arrays with {parts} each, not one array: np.array(y) turns "
                    "a list into one."
                ),
                "x has {left} samples and y has {right}; sample_weight has {weights}. Each sample needs one weight.",
                "x has {left} samples and y has {right}; each sample needs one target.",
                "The arrays differ in their number of samples: {both}.",
                "{left} samples are too few to keep some of them for validation.",
            ),
            counts_samples=True,
            completes=(_listed,),
            live=_cardinality,
            advice=_of_samples,
            title="The number of samples doesn't fit",
        ),
    ),
    end="data",
    live=fed,
    fixes=reshaped,
    judge=built_for_other,
    mends=(stacked, *MADE_FOR, *DATA, *BATCHES, *WEIGHTED),
)
