"""Folders that appear whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from linepack.errors import InputError


def write_folder(target: Path, write: Callable[[Path], None]) -> list[Path]:
    """Let ``write`` fill a temporary folder, give it its name, and return its files.

    Errors: ``InputError`` if ``target`` exists (nothing is overwritten) or cannot be made.
    """
    if target.exists():
        raise InputError("exists", f"{target} exists already", hint="give a new folder; nothing is overwritten")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".linepack-", dir=target.parent))
    except OSError as error:
        raise InputError("cannot-write", f"{target} cannot be written: {error.strerror}",
                         hint="give another place (--out)") from error  # fmt: skip
    try:
        write(temporary)
        temporary.chmod(0o755)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return sorted(path for path in target.rglob("*") if path.is_file())
