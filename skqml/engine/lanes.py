"""Vectors of several rows side by side, as a Numba type that maps to one SIMD register.

An amplitude of eight rows (16 in single precision) is one `Lanes` value: `load`, `store` and
`splat` move it, and +, -, *, / work on it. LLVM does not vectorise loops over so short an axis by
itself (a rotation then takes seven times as long), hence the explicit type.
"""

import operator
from collections.abc import Callable
from math import prod
from typing import ClassVar

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.datamodel import PrimitiveModel, register_default
from numba.core.typing.templates import AbstractTemplate, Signature, infer_global, signature
from numba.extending import lower_builtin

from .jit import compiled

LANES = {np.dtype(np.float64): 8, np.dtype(np.float32): 16}  # 64 bytes: one cache line
FLAGS = ("contract", "nsz", "reassoc", "arcp")  # NaN and infinity keep their meaning


class Lanes(types.Type):
    """Numba type of a vector of rows."""

    def __init__(self, dtype: types.Float):
        self.dtype = dtype
        self.n_lanes = 512 // dtype.bitwidth
        super().__init__(name=f"Lanes({dtype})")


@register_default(Lanes)
class _LanesModel(PrimitiveModel):
    def __init__(self, dmm, fe_type):
        element = ir.DoubleType() if fe_type.dtype.bitwidth == 64 else ir.FloatType()
        super().__init__(dmm, fe_type, ir.VectorType(element, fe_type.n_lanes))


def intrinsic(definition: Callable) -> Callable:
    """`numba.extending.intrinsic`, which for each call in compiled code loads all that Numba knows anew."""

    class _OfIntrinsic(AbstractTemplate):
        key = definition

        def generic(self, args, kws) -> Signature:
            return definition(self.context, *args)[0]

    infer_global(definition, types.Function(_OfIntrinsic))

    @lower_builtin(definition, types.VarArg(types.Any))
    def _lower(context, builder, sig, args) -> ir.Value:
        return definition(context.typing_context, *sig.args)[1](context, builder, sig, args)

    return definition


def _register(op, emit) -> None:
    @infer_global(op)
    class _OfOperator(AbstractTemplate):
        metadata: ClassVar[dict] = {"target": "cpu"}  # asked before the 30 others that know the operator

        def generic(self, args, kws) -> Signature | None:
            if len(args) == 2 and isinstance(args[0], Lanes) and args[0] == args[1]:
                return signature(args[0], *args)
            return None

    @lower_builtin(op, Lanes, Lanes)
    def _lower(context, builder, sig, args) -> ir.Value:
        return getattr(builder, emit)(*args, flags=FLAGS)


_OPERATORS = {operator.add: "fadd", operator.sub: "fsub", operator.mul: "fmul", operator.truediv: "fdiv"}
for _op, _emit in _OPERATORS.items():
    _register(_op, _emit)


def pointer_to(context, builder, array_type, array, row, lanes) -> ir.Value:
    """Pointer to the vector array[row, :] of a C-contiguous array (n, lanes)."""
    data = builder.extract_value(array, context.data_model_manager[array_type].get_field_position("data"))
    offset = builder.mul(row, ir.Constant(row.type, lanes.n_lanes))
    vector = context.get_value_type(lanes)
    return builder.bitcast(builder.gep(data, [offset]), vector.as_pointer())


@intrinsic
def load(typingctx, array, row) -> tuple:
    """Return the vector array[row, :]."""
    lanes = Lanes(array.dtype)

    def codegen(context, builder, sig, args) -> ir.Value:
        pointer = pointer_to(context, builder, sig.args[0], args[0], args[1], lanes)
        return builder.load(pointer, align=8)

    return lanes(array, types.intp), codegen


@intrinsic
def store(typingctx, array, row, value) -> tuple:
    """Set array[row, :] to a vector."""

    def codegen(context, builder, sig, args) -> ir.Value:
        pointer = pointer_to(context, builder, sig.args[0], args[0], args[1], value)
        builder.store(args[2], pointer, align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp, value), codegen


def in_each(builder, number, n_lanes: int) -> ir.Value:
    """A vector with the number in each lane."""
    vector = ir.Constant(ir.VectorType(number.type, n_lanes), ir.Undefined)
    first = builder.insert_element(vector, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(ir.IntType(32), n_lanes), None))


@intrinsic
def splat(typingctx, array, number) -> tuple:
    """Return a vector with the number in each lane, of the type that fits the array."""
    lanes = Lanes(array.dtype)

    def codegen(context, builder, sig, args) -> ir.Value:
        return in_each(builder, args[1], lanes.n_lanes)

    return lanes(array, array.dtype), codegen


@intrinsic
def away_from_zero(typingctx, vector) -> tuple:
    """Return the vector, with a tenth of a rounding error for what is less: one may divide by it, and by its powers."""
    least = float(np.finfo(str(vector.dtype)).eps) / 10

    def codegen(context, builder, sig, args) -> ir.Value:
        low, zero, high = (ir.Constant(args[0].type, [x] * vector.n_lanes) for x in (-least, 0.0, least))
        is_negative = builder.fcmp_ordered("<", args[0], zero)
        is_small = builder.and_(builder.fcmp_ordered(">", args[0], low), builder.fcmp_ordered("<", args[0], high))
        return builder.select(is_small, builder.select(is_negative, low, high), args[0])

    return vector(vector), codegen


@intrinsic
def flip(typingctx, vector, mask) -> tuple:
    """Return the vector with lane k where lane k ^ mask was."""

    def codegen(context, builder, sig, args) -> ir.Value:
        moved, asked = args
        for bit in range(vector.n_lanes.bit_length() - 1):
            order = ir.Constant(
                ir.VectorType(ir.IntType(32), vector.n_lanes), [k ^ 1 << bit for k in range(vector.n_lanes)]
            )
            is_set = builder.trunc(builder.lshr(asked, ir.Constant(asked.type, bit)), ir.IntType(1))
            moved = builder.select(is_set, builder.shuffle_vector(moved, moved, order), moved)
        return moved

    return vector(vector, types.int64), codegen


@intrinsic
def transpose(typingctx, array, row) -> tuple:
    """Exchange rows and lanes of as many rows as there are lanes, in place."""
    lanes = Lanes(array.dtype)

    def codegen(context, builder, sig, args) -> ir.Value:
        n = lanes.n_lanes
        places = [builder.add(args[1], ir.Constant(args[1].type, k)) for k in range(n)]
        pointers = [pointer_to(context, builder, sig.args[0], args[0], place, lanes) for place in places]
        rows = [builder.load(pointer, align=8) for pointer in pointers]
        for bit in (1 << k for k in range(n.bit_length() - 1)):  # exchange this bit of the row's number and the lane's
            low = [k if not k & bit else n + k - bit for k in range(n)]
            high = [k + bit if not k & bit else n + k for k in range(n)]
            for k in (k for k in range(n) if not k & bit):
                pair = rows[k], rows[k + bit]
                rows[k], rows[k + bit] = (
                    builder.shuffle_vector(*pair, ir.Constant(ir.VectorType(ir.IntType(32), n), order))
                    for order in (low, high)
                )
        for pointer, moved in zip(pointers, rows, strict=True):
            builder.store(moved, pointer, align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp), codegen


@intrinsic
def odd(typingctx, bits) -> tuple:
    """Return 1 for an odd number of set bits, else 0."""

    def codegen(context, builder, sig, args) -> ir.Value:
        return builder.and_(builder.ctpop(args[0]), ir.Constant(ir.IntType(64), 1))

    return types.int64(types.int64), codegen


@intrinsic
def top_bit(typingctx, bits) -> tuple:
    """Return the highest bit that is set; of 0, 1."""

    def codegen(context, builder, sig, args) -> ir.Value:
        one = ir.Constant(ir.IntType(64), 1)
        n_above = builder.ctlz(builder.or_(args[0], one), ir.Constant(ir.IntType(1), 1))
        return builder.shl(one, builder.sub(ir.Constant(ir.IntType(64), 63), n_above))

    return types.int64(types.int64), codegen


def aligned_empty(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Uninitialised array that starts on a cache line: loads that straddle two are half as fast."""
    dtype = np.dtype(dtype)
    raw = np.empty(prod(shape) * dtype.itemsize + 64, dtype=np.uint8)
    return np.ndarray(shape, dtype, raw, _to_line(raw))


@compiled  # which looks at the address without the objects that NumPy makes for that
def _to_line(raw) -> int:
    return -raw.ctypes.data % 64
