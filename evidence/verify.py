"""Checking a package against its manifest, without any server."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evidence.digests import digest_file
from evidence.errors import ManifestError
from evidence.manifest import FACTS_NAME, MANIFEST_NAME, Manifest, ManifestEntry, is_safe_name, read_manifest

FileState = Literal["ok", "altered", "missing", "unlisted", "refused"]


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What was found about one file; `detail` says more in words where there is more to say."""

    name: str
    state: FileState
    detail: str = ""

    def line(self) -> str:
        """Say it in one line; a name with control characters is written in escapes."""
        name = self.name if self.name.isprintable() else ascii(self.name)
        return f"{self.state:<8}  {name}" + (f"  ({self.detail})" if self.detail else "")


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a check of a package found.

    Attributes:
        package: The folder.
        incident_id: As the manifest names it; None when that cannot be read.
        files: Every listed file by name, then those that are not listed.
        problems: What is wrong with the package as a whole.
        notes: What the package says of itself, such as why it is not complete; not a fault.
    """

    package: Path
    incident_id: str | None
    files: tuple[FileCheck, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def is_ok(self) -> bool:
        """Tell whether every listed file has its content, and nothing else is there."""
        return not self.problems and all(file.state == "ok" for file in self.files)

    def lines(self) -> tuple[str, ...]:
        """Say it for people: one line a file, then notes and problems, then the outcome."""
        told = [file.line() for file in self.files]
        told += [f"note      {note}" for note in self.notes]
        told += [f"problem   {problem}" for problem in self.problems]
        wrong = sum(file.state != "ok" for file in self.files) + len(self.problems)
        outcome = "all files are as they were sealed" if self.is_ok else f"{wrong} finding(s): not as it was sealed"
        return (*told, f"{self.package}: {outcome}")


def verify_package(package: Path) -> VerifyReport:
    """Check every file of a package against its manifest.

    Args:
        package: Its folder.

    Returns:
        What was found; a package that cannot be read is a report with a problem, not an error.
    """
    try:
        manifest = read_manifest(package)
    except ManifestError as error:
        return VerifyReport(package, None, (), (str(error),), ())
    files = tuple(_check_entry(package, entry) for entry in manifest.files) + _unlisted(package, manifest)
    return VerifyReport(package, manifest.incident_id, files, _problems(manifest), manifest.notes)


def _problems(manifest: Manifest) -> tuple[str, ...]:
    times_listed = Counter(entry.name for entry in manifest.files)
    problems = [f"{name} is listed {times} times" for name, times in times_listed.items() if times > 1]
    if FACTS_NAME not in times_listed:
        problems.append(f"{FACTS_NAME} is not listed: there are no facts")
    if not manifest.complete and not manifest.notes:
        problems.append("it says that it is not complete, but not what is missing")
    return tuple(problems)


def _check_entry(package: Path, entry: ManifestEntry) -> FileCheck:
    if not is_safe_name(entry.name):
        return FileCheck(entry.name, "refused", "the name leads out of the package, or has letters that may not be")
    path = package / entry.name
    if path.is_symlink() or ("/" in entry.name and path.parent.is_symlink()):
        return FileCheck(entry.name, "refused", "it is a link, not a file")
    if path.exists() and not path.is_file():
        return FileCheck(entry.name, "refused", "it is not a regular file")
    try:
        found = digest_file(path)
    except OSError as error:
        return FileCheck(entry.name, "missing", error.strerror or "it cannot be read")
    wrong = [
        name
        for name, is_same in (("SHA-256", found.sha256 == entry.sha256), ("SM3", found.sm3 == entry.sm3))
        if not is_same
    ]
    if wrong:
        return FileCheck(entry.name, "altered", f"{' and '.join(wrong)} differ")
    return FileCheck(entry.name, "ok")


def _unlisted(package: Path, manifest: Manifest) -> tuple[FileCheck, ...]:
    listed = {entry.name for entry in manifest.files} | {MANIFEST_NAME}
    paths = (path for path in package.rglob("*") if path.is_symlink() or not path.is_dir())
    names = sorted(path.relative_to(package).as_posix() for path in paths)
    return tuple(FileCheck(name, "unlisted") for name in names if name not in listed)
