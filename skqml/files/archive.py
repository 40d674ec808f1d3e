"""Archives of named parts: zip files whose parts are stored as they are, so that none is larger than the file."""

import io
import os
import re
import struct
import zipfile
from pathlib import Path

_NAME = re.compile(r"[0-9a-z_-]+\.(json|npy|bin)")
_DATE = 1980, 1, 1, 0, 0, 0  # equal contents are equal files
_MOST_PARTS = 1_000_000


def write_archive(parts: dict[str, bytes]) -> bytes:
    """Return the bytes of a zip file of some parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), data)
    return buffer.getvalue()


def read_archive(data: bytes) -> dict[str, bytes]:
    """Return the parts of a zip file by name; ValueError unless it is such a file as `write_archive` makes.

    Nothing is unpacked: compressed parts are refused, so that memory follows from the size of the file alone.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check(infos, len(data))
            return {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError, struct.error) as error:
        raise ValueError(f"Expected a whole file that skqml wrote, but it is broken: {error}.") from error


def _check(infos: list[zipfile.ZipInfo], n_bytes: int) -> None:
    names = [info.filename for info in infos]
    if len(infos) > _MOST_PARTS or len(set(names)) < len(names) or not all(map(_NAME.fullmatch, names)):
        raise ValueError("Expected an archive of parts that skqml names, got other names.")
    stored = all(i.compress_type == zipfile.ZIP_STORED and i.file_size == i.compress_size for i in infos)
    if not stored or any(info.flag_bits & 1 for info in infos) or sum(info.file_size for info in infos) > n_bytes:
        raise ValueError("Expected an archive whose parts are stored as they are, got packed or encrypted ones.")


def replace_file(path: Path, data: bytes) -> None:
    """Write a file as a whole: whatever ends the process, the file is the old one or the new one."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        aside.write_bytes(data)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
