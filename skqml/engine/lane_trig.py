"""Cosine and sine of all rows of a register at once: NumPy takes number after number, and five times as long."""

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function

from .lanes import intrinsic

_DOUBLE = np.dtype(float)
LARGEST = 2.0**20  # fewer quarter turns than an integer of 32 bits counts, with digits to spare behind the point
_FEW = 5000  # numbers whose product takes no threads

# Of sin(r) - r and cos(r) - 1 + r**2 / 2 for |r| <= pi / 4, highest powers first (S. Moshier, Cephes library).
_SIN = (
    1.58962301576546568060e-10,
    -2.50507477628578072866e-8,
    2.75573136213857245213e-6,
    -1.98412698295895385996e-4,
    8.33333333332211858878e-3,
    -1.66666666666666307295e-1,
)
_COS = (
    -1.13585365213876817300e-11,
    2.08757008419747316778e-9,
    -2.75573141792967388112e-7,
    2.48015872888517045348e-5,
    -1.38888888888730564116e-3,
    4.16666666666665929218e-2,
)


def small_angles(angles: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Finite angles as `cos_sin` takes them: less whole turns where they are large, or of single precision."""
    size = np.vdot(angles, angles) ** 0.5 if angles.size < _FEW else np.abs(angles).max()  # no less than the largest
    if size > LARGEST:
        angles = np.arctan2(np.sin(angles), np.cos(angles))
    elif dtype != _DOUBLE:
        angles = angles - 2 * np.pi * np.rint(angles / (2 * np.pi))
    return np.ascontiguousarray(angles, dtype)


@intrinsic
def cos_sin(typingctx, angles) -> tuple:
    """Return cos and sin of each lane of `small_angles`, off by less than their last digit."""

    def codegen(context, builder, sig, args) -> ir.Value:
        turns, r = _quarter_turns(builder, args[0])
        square = builder.fmul(r, r)
        cube, fourth = builder.fmul(square, r), builder.fmul(square, square)
        s = _add_product(builder, cube, _polynomial(builder, square, _SIN), r)
        c = _add_product(builder, square, _all(r.type, -0.5), _all(r.type, 1.0))
        c = _add_product(builder, fourth, _polynomial(builder, square, _COS), c)
        is_odd, found = _bit(builder, turns, 0), ir.Constant(context.get_value_type(sig.return_type), ir.Undefined)
        for k, (even, odd) in enumerate(((c, s), (s, c))):
            value = builder.select(is_odd, odd, even)
            next_turns = turns if k else builder.add(turns, _all(turns.type, 1))
            value = builder.select(_bit(builder, next_turns, 1), builder.fneg(value), value)
            found = builder.insert_value(found, value, k)
        return found

    return types.UniTuple(angles, 2)(angles), codegen


def _all(like: ir.Type, number: float) -> ir.Constant:
    """A vector of a type with a number in each lane."""
    return ir.Constant(like, [number] * like.count)


def _add_product(builder, a, b, c) -> ir.Value:
    """a b + c, rounded once where the processor can."""
    return builder.fadd(builder.fmul(a, b, flags=("contract",)), c, flags=("contract",))


def _polynomial(builder, x, coefficients) -> ir.Value:
    found = _all(x.type, coefficients[0])
    for coefficient in coefficients[1:]:
        found = _add_product(builder, found, x, _all(x.type, coefficient))
    return found


def _quarter_turns(builder, angles) -> tuple[ir.Value, ir.Value]:
    """The nearest number of quarter turns as integers, and what is left of the angles."""
    kind, is_double = angles.type, isinstance(angles.type.element, ir.DoubleType)
    name = f"llvm.rint.v{kind.count}f{64 if is_double else 32}"
    nearest = get_or_insert_function(builder.module, ir.FunctionType(kind, [kind]), name)
    turns = builder.call(nearest, [builder.fmul(angles, _all(kind, 2 / np.pi))])
    first = np.pi / 2 if is_double else float(np.float32(np.pi / 2))
    rest = 6.123233995736766e-17 if is_double else np.pi / 2 - first  # of pi / 2
    for part in (first, rest):
        angles = _add_product(builder, turns, _all(kind, -part), angles)
    return builder.fptosi(turns, ir.VectorType(ir.IntType(32), kind.count)), angles


def _bit(builder, numbers, k: int) -> ir.Value:
    """Whether a bit of each number is set."""
    return builder.icmp_signed("!=", builder.and_(numbers, _all(numbers.type, 1 << k)), _all(numbers.type, 0))
