"""NumPy puts an array into a place of another shape: ``batch[i] = picture``, or ``np.array`` of pictures that differ."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from explainers.core.axes import IMAGE_CHANNELS
from explainers.core.finding import Change, Finding, Value, written
from explainers.core.mistakes.kit.sheet import Family, Said
from explainers.core.spec import Sizes


def _two(finding: Finding) -> tuple[Sizes, Sizes]:
    """What is put in, and its place."""
    return finding.shape("found") or (), finding.shape("expected") or ()


def _several(finding: Finding) -> bool:
    """(20, 100) into (20,): older NumPy, which made room for as many axes as all parts have in common."""
    found, place = _two(finding)
    return len(found) > len(place) > 0 and found[: len(place)] == place and found[len(place) :] != (1,)


def _decides(finding: Finding, said: Said) -> str | None:
    found, place = _two(finding)
    return "ragged_data" if _several(finding) or len(found) == len(place) == 1 else "operand_sizes"


def _words(finding: Finding) -> dict[str, str]:
    found, place = _two(finding)
    if _several(finding):
        return {"parts": written(found)}
    if len(found) == len(place):
        apart = [i for i, (a, b) in enumerate(zip(found, place, strict=True)) if a != b]
        return {"apart": ", ".join(f"axis {i} is {found[i]} versus {place[i]}" for i in apart)}
    return {"axes": f"{len(found)} ax{'i' if len(found) == 1 else 'e'}s versus {len(place)}"}


def _names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """Pictures, where the last axis is one of colors."""
    shapes = [shape for shape in _two(finding) if len(shape) == 3]
    pictures = any(
        shape[-1] in IMAGE_CHANNELS and min(n or 0 for n in shape[:2]) > max(IMAGE_CHANNELS) for shape in shapes
    )
    if not pictures or len(sizes) not in (2, 3):
        return None
    return ("height", "width", "channels")[: len(sizes)]


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """By what differs: an axis of 1, the colors, the sides."""
    found, place = _two(finding)
    if _several(finding):
        return _of_several(found)
    if len(place) == len(found) + 1 and place[:-1] == found:
        return _with_colors(place)
    if len(found) == len(place) + 1 and found[:-1] == place:
        one = found[-1] == 1
        return (
            Change("Drop the last axis, whose size is 1.", code="a[i] = x[..., 0]")
            if one
            else Change(f"Make room for all {found[-1]} channels.", code=f"a = np.zeros((len(files), {', '.join(map(str, found))}))"),
            *(() if one else (Change("Or make the image gray.", code="a[i] = x.mean(axis=-1)"),)),
        )  # fmt: skip
    if len(found) == len(place) == 3 and found[:2] == place[:2]:
        return _other_colors(found, place)
    if len(found) == len(place) and len(found) > 1:
        if len(found) == 2 and found == place[::-1]:
            return (Change("Its axes are in the wrong order: transpose it.", code="a[i] = x.T"),)
        in_front = (
            len(place) == 3 and found[0] == place[0] and place[0] in IMAGE_CHANNELS and place[2] not in IMAGE_CHANNELS
        )
        height, width = place[1:] if in_front else place[:2]
        resized = f"cv2.resize({'x.transpose(1, 2, 0)' if in_front else 'x'}, ({width}, {height}))"
        return (
            Change(
                f"If these are images, resize each to {height} × {width} first.",
                code=f"x = {resized}{'.transpose(2, 0, 1)' if in_front else ''}",
                means="OpenCV and PIL give the width first, NumPy the height.",
            ),
            Change("Or make room for this shape.", code=f"a = np.zeros((n, {', '.join(map(str, found))}))"),
        )
    return (Change("Print both shapes on the line that fails.", code="print(a[i].shape, x.shape)"),)


def _of_several(found: Sizes) -> tuple[Change, ...]:
    return (
        Change("See which of them differ.", code="print({np.shape(part) for part in parts})"),
        *(
            (
                Change("If these are images, convert all of them to the same size and color mode.",
                       code='parts = [np.array(Image.open(f).convert("RGB").resize((width, height))) for f in files]'),
            )
            if len(found) > 1
            else ()
        ),
        Change("If these are sequences, pad them to the same length.",
               code='x = keras.utils.pad_sequences(parts, dtype="float32")'),
    )  # fmt: skip


def _with_colors(place: Sizes) -> tuple[Change, ...]:
    if place[-1] == 1:
        return (
            Change("Give the array an axis of size 1, too.", code="a[i] = x[..., np.newaxis]",
                   means=f"{written(place[:-1])} becomes {written(place)}: one channel, as in grayscale images."),
            Change("Or make room without that axis.", code=f"a = np.zeros((n, {', '.join(map(str, place[:-1]))}))"),
        )  # fmt: skip
    return (
        Change(f"Repeat the one channel {place[-1]} times.", code=f"a[i] = np.repeat(x[..., np.newaxis], {place[-1]}, axis=-1)",
               means="A gray image among colored ones has no axis for its channel."),
        Change("Or read all images in color.", code='Image.open(f).convert("RGB")'),
    )  # fmt: skip


def _other_colors(found: Sizes, place: Sizes) -> tuple[Change, ...]:
    wanted, came = place[-1] or 0, found[-1] or 0
    if (came, wanted) == (4, 3):
        return (
            Change("Leave out the fourth channel, which says how transparent a pixel is.", code="a[i] = x[..., :3]"),
        )
    if wanted == 1:
        return (Change("Make the image gray.", code="a[i] = x.mean(axis=-1, keepdims=True)"),)
    return (
        Change(f"Make room for {came} channels.", code=f"a = np.zeros((n, {', '.join(map(str, found))}))"),
        Change(f"Or keep {wanted} of them.", code=f"a[i] = x[..., :{wanted}]"),
    )


ASSIGNED = Family(
    sees=("could not broadcast input array",),
    says=("could not broadcast input array from shape {found:shape} into shape {expected:shape}",),
    causes=(
        "np.array makes one array from several of the same shape; these differ, and one of them is {parts}.",
        "An array of shape {found} is assigned to a slice of shape {expected}: {apart}.",
        "An array of shape {found} is assigned to a slice of shape {expected}: {axes}.",
    ),
    weight=3,
    words=_words,
    names=_names,
    told_as={"found": "what is put in", "expected": "its place"},
    decides=_decides,
    advice=_advice,
)
