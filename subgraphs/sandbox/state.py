"""The demo's state folder. It holds keys and secrets, so folder and files are their owner's alone, from the moment they are there."""

import os
import stat
from pathlib import Path
from typing import Final

_OWNER_READS_AND_WRITES: Final = stat.S_IRUSR | stat.S_IWUSR


def private_folder(folder: Path, mark: str | None = None) -> None:
    """Make a folder that nobody else can enter. One that is there stays as it is, unless it holds `mark`: that shows that it is ours."""
    if mark is not None and (folder / mark).exists():
        folder.chmod(stat.S_IRWXU)
    folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)


def write_private(file: Path, content: bytes) -> None:
    """Write a file that nobody else can read, whoever could read what was there before."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, _OWNER_READS_AND_WRITES), "wb") as opened:
        os.fchmod(opened.fileno(), _OWNER_READS_AND_WRITES)
        opened.truncate()
        opened.write(content)
