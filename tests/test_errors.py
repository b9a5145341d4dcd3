"""Errors are one sentence: where, what, what to do."""

from __future__ import annotations

import pytest

from dedupe import errors


def test_the_sentence_has_all_three_parts() -> None:
    error = errors.InputError("is empty", where="a.txt", mend="fill it")
    assert str(error) == "a.txt: is empty; fill it"
    assert (error.what, error.where, error.mend) == ("is empty", "a.txt", "fill it")


def test_parts_may_be_missing() -> None:
    assert str(errors.DedupeError("stopped")) == "stopped"
    assert str(errors.DedupeError("stopped", mend="go on")) == "stopped; go on"


def test_a_message_of_several_lines_becomes_one() -> None:
    assert str(errors.RunError("bad page\n  at 7.\n", where="x")) == "x: bad page at 7."


@pytest.mark.parametrize(
    "kind",
    [
        errors.InputError, errors.SettingsError, errors.FactsError, errors.RunError, errors.MissingExtra,
    ],
)  # fmt: skip
def test_what_a_user_can_mend_is_a_usage_error(kind: type[errors.DedupeError]) -> None:
    assert kind("x").exit_code == errors.USAGE


def test_exit_codes_are_those_that_scripts_rely_on() -> None:
    codes = (errors.OK, errors.FINDINGS, errors.USAGE, errors.REJECTED, errors.INTERNAL)
    assert codes == (0, 1, 2, 3, 4)
