"""What saved objects hold, and how it is refused where it is not whole."""

from .checked import CheckedState, Rule, agree
from .machines import check_libsvm, check_machine
from .rules import (
    count,
    each,
    finite,
    flag,
    floats,
    instance,
    integers,
    labels,
    machine,
    nullable,
    number,
    option,
    optional,
    text,
)
