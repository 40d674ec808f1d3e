"""Sums of products of all rows of a register with all rows of another, several kept in registers at one time."""

from functools import cache

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function

from .lanes import FLAGS, Lanes, in_each, intrinsic, pointer_to


@cache
def n_sums() -> int:
    """How many sums to keep: two of these sets fill half the vector registers of the processor."""
    return 8 if llvm.get_host_cpu_features().get("avx512f") else 2


@intrinsic
def no_sums(typingctx, array) -> tuple:
    """Return sums of nothing yet, of vectors that fit the array."""
    sums = types.UniTuple(Lanes(array.dtype), n_sums())

    def codegen(context, builder, sig, args) -> ir.Value:
        return ir.Constant(context.get_value_type(sums), None)

    return sums(array), codegen


@intrinsic
def add_products(typingctx, sums, array, row, first, vector) -> tuple:
    """Return sums[r] + array[row, first + r] * vector for each r."""
    lanes = sums.dtype

    def codegen(context, builder, sig, args) -> ir.Value:
        total, a, k, lane, v = args
        line = pointer_to(context, builder, sig.args[1], a, k, lanes)
        numbers = builder.bitcast(line, v.type.element.as_pointer())
        for r in range(len(sums)):
            number = builder.load(builder.gep(numbers, [builder.add(lane, ir.Constant(lane.type, r))]))
            step = builder.fmul(in_each(builder, number, lanes.n_lanes), v, flags=FLAGS)
            total = builder.insert_value(total, builder.fadd(builder.extract_value(total, r), step, flags=FLAGS), r)
        return total

    return sums(sums, array, types.intp, types.intp, vector), codegen


@intrinsic
def store_squares(typingctx, real, imaginary, array, row) -> tuple:
    """Set array[row + r, :] to real[r]**2 + imaginary[r]**2 for each r."""
    lanes = real.dtype

    def codegen(context, builder, sig, args) -> ir.Value:
        for r in range(len(real)):
            parts = (builder.extract_value(sums, r) for sums in args[:2])
            squares = [builder.fmul(part, part, flags=FLAGS) for part in parts]
            place = builder.add(args[3], ir.Constant(args[3].type, r))
            pointer = pointer_to(context, builder, sig.args[2], args[2], place, lanes)
            builder.store(builder.fadd(*squares, flags=FLAGS), pointer, align=8)
        return context.get_dummy_value()

    return types.void(real, imaginary, array, types.intp), codegen


@intrinsic
def store_part(typingctx, out, i, j, n, vector) -> tuple:
    """Set out[i, j : j + n] to the first n lanes of a vector; out holds doubles, side by side in a row."""

    def codegen(context, builder, sig, args) -> ir.Value:
        array, i, j, n, v = args
        place = context.data_model_manager[sig.args[0]].get_field_position
        data, strides = (builder.extract_value(array, place(name)) for name in ("data", "strides"))
        line = builder.bitcast(data, ir.IntType(8).as_pointer())
        line = builder.gep(line, [builder.mul(i, builder.extract_value(strides, 0))])
        target = builder.gep(builder.bitcast(line, ir.DoubleType().as_pointer()), [j])
        lanes = vector.n_lanes
        kind, most = ir.VectorType(ir.DoubleType(), lanes), in_each(builder, n, lanes)
        mask = builder.icmp_signed("<", ir.Constant(most.type, list(range(lanes))), most)
        given = [
            v if v.type == kind else builder.fpext(v, kind),
            builder.bitcast(target, kind.as_pointer()),
            ir.Constant(ir.IntType(32), 8),  # bytes to whose multiple the address is known to be
            mask,
        ]
        store = ir.FunctionType(ir.VoidType(), [value.type for value in given])
        name = f"llvm.masked.store.v{lanes}f64.p0v{lanes}f64"
        builder.call(get_or_insert_function(builder.module, store, name), given)
        return context.get_dummy_value()

    return types.void(out, types.intp, types.intp, types.intp, vector), codegen
