"""Errors that say what is wrong, where, and what to do about it.

Exit codes of the command line (fixed): 0 done; 1 done, findings at or above
``--fail-on``; 2 usage; 3 done, some inputs rejected; 4 internal error.
"""

from __future__ import annotations

OK = 0
FINDINGS = 1
USAGE = 2
REJECTED = 3
INTERNAL = 4


class DedupeError(Exception):
    """A condition that the user can mend; ends the command with ``exit_code``.

    ``what`` says what is wrong, ``where`` names the file, line, option or record,
    ``mend`` says what to do. All three are joined into one sentence.
    """

    exit_code = USAGE

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what = what
        self.where = where
        self.mend = mend
        what = " ".join(what.split())  # messages of libraries may have several lines
        text = f"{where}: {what}" if where else what
        super().__init__(f"{text}; {mend}" if mend else text)


class InputError(DedupeError):
    """An input that cannot be read at all."""


class SettingsError(DedupeError):
    """A setting that does not exist or a value that it does not take."""


class FactsError(DedupeError):
    """A data file of facts (sources, phrases, …) that breaks its format."""


class RunError(DedupeError):
    """A folder that is not a results directory, or one of another format version."""


class MissingExtra(DedupeError):  # noqa: N818 (what is missing is the message)
    """An optional part of the installation that a command needs."""
