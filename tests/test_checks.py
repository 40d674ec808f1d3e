"""Checks of arguments: what is a number, and what is refused by the parameter's name."""

from fractions import Fraction

import numpy as np
import pytest

from skqml._checks import check_count, check_number
from skqml.states.rules import count, number


@pytest.mark.parametrize("value", [3, 2.5, Fraction(1, 3), np.float32(0.5), np.int64(3), np.finfo(float).max])
def test_a_real_number_becomes_a_float(value):
    found = check_number("x", value)
    assert type(found) is float
    assert found == float(value)


NO_NUMBERS = [True, "1", None, np.nan, np.inf, -np.inf, 10**400, -(10**400), 1j, [1.0], np.array([1.0])]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: repr(value)[:9])
@pytest.mark.parametrize("check", [check_count, lambda name, value: check_number(name, value, -np.inf)])
def test_what_is_no_finite_number_is_refused_by_name(check, value):
    with pytest.raises(ValueError, match=r"^x must be "):
        check("x", value)


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: repr(value)[:9])
@pytest.mark.parametrize("rule", [count(), number()], ids=["count", "number"])
def test_files_hold_no_other_numbers_than_arguments(rule, value):
    with pytest.raises(ValueError, match=r"^no (integer|number) "):
        rule.check(value, {})


@pytest.mark.parametrize("closed", ["left", "right", "both", "neither"])
def test_a_bound_is_allowed_where_the_interval_is_closed(closed):
    for bound, side in ((1.0, "left"), (2.0, "right")):
        if closed in (side, "both"):
            assert check_number("x", bound, 1.0, 2.0, closed) == bound
        else:
            with pytest.raises(ValueError, match="x must be a number in "):
                check_number("x", bound, 1.0, 2.0, closed)
