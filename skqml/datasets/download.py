"""A file from the network: whole, with the right checksum, or a sentence that says why not."""

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

_PIECE = 1 << 16  # bytes
_MOST = 1 << 28  # bytes; no more are read, whatever a server sends


class Archive(NamedTuple):
    """A file on a server.

    Attributes
    ----------
    url : str
    md5 : str
        Checksum that its publisher gives.
    """

    url: str
    md5: str


def download(archive: Archive, path: Path, *, timeout: float = 30.0, limit: float = 600.0) -> Path:
    """Return the path of a file, fetched first, with a bar on the terminal, if it is not there or is damaged.

    It is written under another name until its checksum is right, so that an interrupted call leaves nothing behind
    that a later one would trust.

    Parameters
    ----------
    archive : Archive
    path : Path
    timeout, limit : float, default=30, 600
        Seconds without a byte, and seconds in all, after which the call gives up.

    Raises
    ------
    OSError
        If the file cannot be fetched whole and right.
    """
    if path.exists() and _md5(path) == archive.md5:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        _fetch(archive, part, timeout, limit)
        found = _md5(part)
        if found != archive.md5:
            raise OSError(f"it arrived with checksum {found} in place of {archive.md5}")
        part.replace(path)
    except (OSError, HTTPException) as error:
        raise OSError(
            f"{archive.url} could not be fetched ({error}); check the network, or put the file at {path} yourself."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _fetch(archive: Archive, part: Path, timeout: float, limit: float) -> None:
    end, done = time.monotonic() + limit, 0
    with urlopen(archive.url, timeout=timeout) as answer, part.open("wb") as file:
        size = int(answer.headers.get("Content-Length") or 0)  # 0 where the server does not say
        for piece in _pieces(answer):
            done += len(piece)
            if done > _MOST:
                raise OSError(f"it is longer than {_MOST} bytes")
            if time.monotonic() > end:
                raise OSError(f"only {done} bytes had come after {limit:g} seconds")
            file.write(piece)
            if size and sys.stderr.isatty():
                _draw(part.name, done / size)


def _pieces(answer) -> Iterator[bytes]:
    # read1 returns what has come, so that a server that sends byte after byte meets the limit too.
    while piece := answer.read1(_PIECE):
        yield piece


def _draw(name: str, share: float) -> None:
    filled = int(40 * share)
    sys.stderr.write(f"\r{name} [{'=' * filled}{' ' * (40 - filled)}] {share:4.0%}" + ("\n" if share >= 1 else ""))


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
