"""From a file to the configuration in it, as plain JSON. Nothing is inflated or read beyond the limit."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

from explainers.core.limits import Limits

CONFIG = "config.json"  # of a .keras archive; its weights are never touched
ENDINGS = (".keras", ".h5", ".hdf5", ".json")
_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_MOST_ENTRIES = 10_000  # files of an archive; a model has a handful
_ENCRYPTED = 0x1
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Refused(ValueError):
    """The file isn't opened; the sentence says what was refused, and why."""


class Unknown(Refused):
    """A part of the model has code that isn't in the file, or isn't run; what stands before it can be rebuilt."""


def looks_like_a_file(name: str) -> bool:
    """Whether a word of the command line is a file's name and not that of an explainer."""
    return name.lower().endswith(ENDINGS) or "/" in name or "\\" in name


def read_config(path: str | Path, limits: Limits) -> dict[str, Any]:
    """The configuration of a model's file. Raises Refused, whatever is in the file."""
    try:
        with Path(path).open("rb") as stream:
            start = stream.read(8)
            stream.seek(0)
            if start == _HDF5:
                text = _of_hdf5(stream, limits)
            elif start.startswith(_ZIP):
                text = _of_archive(stream, limits)
            else:
                text = _bounded(stream, limits, "This file")
    except OSError as error:
        raise Refused(f"The file can't be read: {error.strerror or 'its contents are damaged'}.") from None
    return _parsed(text)


def _bounded(stream: IO[bytes], limits: Limits, what: str) -> bytes:
    """All that a stream gives, but never more than the limit and one byte."""
    text = stream.read(limits.config_bytes + 1)
    if len(text) > limits.config_bytes:
        raise Refused(
            f"{what} is larger than the {limits.config_bytes:,} bytes of configuration that this server reads."
        )
    return text


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Refused("This isn't a .keras archive, an .h5 file or JSON: it isn't text.") from None
    except RecursionError:
        raise Refused("The configuration nests too deeply to be read.") from None
    except ValueError:
        raise Refused("This is neither a .keras archive nor an .h5 file, and its text isn't JSON.") from None
    if not isinstance(found, dict) or not isinstance(found.get("config"), dict) or "class_name" not in found:
        raise Refused("The JSON isn't that of a Keras model: it has no class_name with a config.")
    return found


def _no_number(text: str) -> None:
    raise ValueError(text)


# -- .keras --------------------------------------------------------------------------------------------------


def _of_archive(stream: IO[bytes], limits: Limits) -> bytes:
    """config.json of a .keras archive, and only that entry."""
    if _entries(stream) > _MOST_ENTRIES:
        raise Refused(f"The archive lists more than {_MOST_ENTRIES:,} files; a .keras file has a few.")
    try:
        with zipfile.ZipFile(stream) as archive:
            named = [entry for entry in archive.infolist() if entry.filename == CONFIG]
            if len(named) != 1:
                raise Refused(f"A .keras archive holds one {CONFIG}; this one has {len(named)}.")
            entry = named[0]
            if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _WAYS:
                raise Refused(f"{CONFIG} of this archive is encrypted, or packed in a way that Keras doesn't use.")
            if entry.file_size > limits.config_bytes:
                raise Refused(
                    f"{CONFIG} says that it has {entry.file_size:,} bytes; at most {limits.config_bytes:,} are "
                    "unpacked."
                )
            with archive.open(entry) as packed:  # inflated piece by piece: what it says of its size may be a lie
                return _bounded(packed, limits, CONFIG)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, ValueError) as e:
        if isinstance(e, Refused):
            raise
        raise Refused("The archive is cut off or damaged: it can't be opened as a zip.") from None


def _entries(stream: IO[bytes]) -> int:
    """How many files the end of the archive speaks of, before its list is read. 0 where there is no end."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = stream.read()
    stream.seek(0)
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + _END_SIZE:
        return 0
    entries, listed = struct.unpack("<HI", tail[place + 10 : place + 16])
    # A model of more than 4 GB says it elsewhere (zip64) and has all ones here.
    return 0 if listed == 0xFFFFFFFF else max(int(entries), int(listed) // 1000)


# -- .h5 -----------------------------------------------------------------------------------------------------


def _of_hdf5(stream: IO[bytes], limits: Limits) -> bytes:
    """The attribute `model_config` of a legacy file; its weights are never touched."""
    import h5py  # only who brings such a file waits for it

    try:
        with h5py.File(stream, "r") as file:
            if "model_config" not in file.attrs:
                raise Refused("The .h5 file has no model_config: it holds only weights, without a model.")
            place = file.attrs.get_id("model_config")
            if place.shape != () or place.get_storage_size() > limits.config_bytes:
                raise Refused(f"model_config of the .h5 file isn't one text of up to {limits.config_bytes:,} bytes.")
            value = file.attrs["model_config"]
    except Refused:
        raise
    except Exception:  # h5py raises many kinds for a damaged file
        raise Refused("The .h5 file is cut off or damaged.") from None
    text = value.encode("utf-8", "replace") if isinstance(value, str) else value
    if not isinstance(text, bytes) or len(text) > limits.config_bytes:
        raise Refused(f"model_config of the .h5 file isn't one text of up to {limits.config_bytes:,} bytes.")
    return text
