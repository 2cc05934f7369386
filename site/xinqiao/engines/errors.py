"""What can go wrong with the engines, said in one sentence that a person can act on."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWN_ADDRESSES = (
    "set DATABASE_URL (postgresql://user:password@host/database) and REDIS_URL (redis://host:6379/0) "
    "to use servers of your own"
)


class EngineError(Exception):
    """An engine cannot be used; the message is the whole explanation and holds no password."""


def explain(error: OSError, folder: Path) -> EngineError:
    """The sentence for what the operating system refused below `folder`."""
    place = error.filename or folder
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return EngineError(
            f"The disk that holds {folder} is full: make room there, or set XINQIAO_VAR to another folder."
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return EngineError(
            f"{place} cannot be written by this user: change its owner, or set XINQIAO_VAR to another folder."
        )
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return EngineError(f"A file stands where the folder {place} is needed: set XINQIAO_VAR to another folder.")
    return EngineError(f"{place} cannot be made ({error.strerror or error}): set XINQIAO_VAR to another folder.")


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn an OSError inside the block into its sentence."""
    try:
        yield
    except OSError as error:
        raise explain(error, folder) from error
