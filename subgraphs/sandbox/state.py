"""The demo's state folder. It holds keys and secrets: folder and files are created with access for the owner only."""

import os
import stat
from pathlib import Path
from typing import Final

_OWNER_READS_AND_WRITES: Final = stat.S_IRUSR | stat.S_IWUSR


def make_private_folder(folder: Path, mark: str | None = None) -> None:
    """Create a folder that only the owner can enter.

    An existing folder keeps its permissions, unless it contains the file `mark`, which identifies it as a state folder.
    """
    if mark is not None and (folder / mark).exists():
        folder.chmod(stat.S_IRWXU)
    folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)


def write_private_file(file: Path, content: bytes) -> None:
    """Write a file that only the owner can read, also over an existing file with wider permissions."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, _OWNER_READS_AND_WRITES), "wb") as opened:
        os.fchmod(opened.fileno(), _OWNER_READS_AND_WRITES)
        opened.truncate()
        opened.write(content)
