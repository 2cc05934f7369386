"""As whom the engines run. PostgreSQL refuses root, and needs a user that the system knows by name."""

import ctypes
import os
import pwd
import signal
import stat
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from xinqiao.engines.errors import OWN_ADDRESSES, EngineError

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None, use_errno=True)
_OVERFLOW_ID = 65534


@dataclass(frozen=True)
class Itself:
    """The engines run as the user who started them."""

    owner: int

    def become(self) -> None:
        """Nothing to change."""

    def prepare(self, folders: Iterable[Path]) -> None:
        """Refuse the folders of another user: what we wrote there would be closed to its owner afterwards."""
        for folder in folders:
            owner = folder.stat().st_uid
            if owner == self.owner:
                continue
            if os.geteuid() == 0 and owner == _nobody()[0]:
                # Given away by root at an earlier start, when no namespace could be had.
                _hand_over(folder, self.owner, os.getegid())
            else:
                raise EngineError(
                    f"{folder} belongs to the user {_name_of(owner)}: "
                    f"run this command as that user, or set XINQIAO_VAR to another folder."
                )


@dataclass(frozen=True)
class Mapped(Itself):
    """The engines run in a user namespace of their own: outside still this user, inside an ordinary one with a name.

    Files stay this user's, so no permission has to change anywhere, and a 0700 folder above is no obstacle.
    """

    group: int
    inside_user: int
    inside_group: int

    def become(self) -> None:
        """Enter the namespace; runs between fork and exec."""
        if _libc.unshare(_CLONE_NEWUSER) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{self.inside_user} {self.owner} 1")
        Path("/proc/self/gid_map").write_text(f"{self.inside_group} {self.group} 1")


@dataclass(frozen=True)
class Dropped(Itself):
    """Root gives the engines to an unprivileged user, where namespaces are forbidden."""

    group: int

    def become(self) -> None:
        """Become that user for good; runs between fork and exec."""
        os.setgroups([])
        os.setgid(self.group)
        os.setuid(self.owner)

    def prepare(self, folders: Iterable[Path]) -> None:
        """Give `folders`, and nothing else, to that user."""
        for folder in folders:
            if folder.stat().st_uid == 0:
                _hand_over(folder, self.owner, self.group)
            else:
                super().prepare([folder])


def choose(folder: Path, program: Path) -> Itself:
    """How the engines of `folder` can run here.

    Args:
        folder: The folder that holds their data.
        program: A program that they must be able to start.
    """
    user = os.geteuid()
    if user != 0 and _is_known(user):
        return Itself(user)
    mapped = _mapped()
    if mapped and _succeeds(mapped.become):
        return mapped
    if user != 0:
        raise EngineError(
            f"The user number {user} has no name on this machine and PostgreSQL wants one: "
            f"run as a user of /etc/passwd, or {OWN_ADDRESSES}."
        )
    dropped = Dropped(*_nobody())

    def reaches() -> None:
        dropped.become()
        if not os.access(folder, os.X_OK) or not os.access(program, os.X_OK):
            raise PermissionError

    before = stat.S_IMODE(folder.stat().st_mode)
    # `folder` itself is ours to open, for passing through only; what lies above it is not.
    folder.chmod(before | stat.S_IXOTH)
    if _succeeds(reaches):
        return dropped
    folder.chmod(before)
    raise EngineError(
        f"PostgreSQL does not run as root, and neither a user namespace nor the user nobody can be used for {folder}: "
        f"run as an ordinary user, or {OWN_ADDRESSES}."
    )


def child_setup(identity: Itself, farewell: signal.Signals) -> Callable[[], None]:
    """What a child does between fork and exec: change identity, then ask to be told when its parent dies.

    In that order, because the kernel forgets the request when credentials change. The parent must be single-threaded:
    the request names the thread that forked.
    """
    parent = os.getpid()

    def setup() -> None:
        os.umask(0o077)
        identity.become()
        if _LINUX:
            _libc.prctl(_PR_SET_PDEATHSIG, int(farewell), 0, 0, 0)
            # The parent may have died before the request: nobody would tell us then.
            if os.getppid() != parent:
                os._exit(1)

    return setup


def _mapped() -> Mapped | None:
    """The mapping to use: any ordinary user with a name (initdb looks its own up)."""
    if not _LINUX:
        return None
    for entry in pwd.getpwall():
        # The overflow id stands for every user that is not mapped, so a file of anybody would look like its own.
        if entry.pw_uid not in {0, _OVERFLOW_ID}:
            return Mapped(
                owner=os.geteuid(),
                group=os.getegid(),
                inside_user=entry.pw_uid,
                inside_group=entry.pw_gid or entry.pw_uid,
            )
    return None


def _nobody() -> tuple[int, int]:
    """The unprivileged user's number and group."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return _OVERFLOW_ID, _OVERFLOW_ID
    return entry.pw_uid, entry.pw_gid


def _hand_over(folder: Path, owner: int, group: int) -> None:
    """Give a folder and all in it to a user; links are neither followed nor given."""
    for place, _, files in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in files)):
            if not stat.S_ISLNK(os.lstat(path).st_mode):
                os.chown(path, owner, group, follow_symlinks=False)


def _succeeds(act: Callable[[], None]) -> bool:
    """Whether `act` works, tried in a child that is gone afterwards."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException:  # noqa: BLE001 - whatever it is, the answer is no
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _is_known(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _name_of(user: int) -> str:
    return pwd.getpwuid(user).pw_name if _is_known(user) else str(user)
