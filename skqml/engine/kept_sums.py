"""Sums that are kept in memory between parts of long products: four rows of a register, wide ones of 64 bytes."""

from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function

from .lanes import FLAGS, Lanes, intrinsic, pointer_to

N_SUMS = 4  # six sets of them, and what is multiplied, fill 32 registers


@intrinsic
def kept_sums(typingctx, array, row, start) -> tuple:
    """Return array[row + r, :] for each r, or zeros at the start."""
    sums = types.UniTuple(Lanes(array.dtype), N_SUMS)

    def codegen(context, builder, sig, args) -> ir.Value:
        found = zeros = ir.Constant(context.get_value_type(sums), None)
        at_start = builder.icmp_signed("==", args[2], ir.Constant(args[2].type, 0))
        for r in range(N_SUMS):
            kept = builder.load(_line(context, builder, sig.args[0], args[0], args[1], r), align=8)
            total = builder.select(at_start, builder.extract_value(zeros, r), kept)
            found = builder.insert_value(found, total, r)
        return found

    return sums(array, types.intp, types.intp), codegen


@intrinsic
def keep_sums(typingctx, sums, array, row) -> tuple:
    """Set array[row + r, :] to sums[r] for each r."""

    def codegen(context, builder, sig, args) -> ir.Value:
        for r in range(N_SUMS):
            pointer = _line(context, builder, sig.args[1], args[1], args[2], r)
            builder.store(builder.extract_value(args[0], r), pointer, align=8)
        return context.get_dummy_value()

    return types.void(sums, array, types.intp), codegen


@intrinsic
def squares(typingctx, p, q, m) -> tuple:
    """Return ``(p + q)**2 + (m - p + q)**2`` for each sum."""

    def codegen(context, builder, sig, args) -> ir.Value:
        found = ir.Constant(context.get_value_type(p), ir.Undefined)
        for r in range(N_SUMS):
            p_r, q_r, m_r = (builder.extract_value(sums, r) for sums in args)
            parts = (
                builder.fadd(p_r, q_r, flags=FLAGS),
                builder.fadd(builder.fsub(m_r, p_r, flags=FLAGS), q_r, flags=FLAGS),
            )
            square = builder.fadd(*(builder.fmul(part, part, flags=FLAGS) for part in parts), flags=FLAGS)
            found = builder.insert_value(found, square, r)
        return found

    return p(p, q, m), codegen


@intrinsic
def ask_for(typingctx, array, row) -> tuple:
    """Have array[row, :], which may lie behind the end, on its way into the processor's cache."""
    i32, line = ir.IntType(32), ir.IntType(8).as_pointer()

    def codegen(context, builder, sig, args) -> ir.Value:
        pointer = _line(context, builder, sig.args[0], args[0], args[1], 0)
        to_read = (ir.Constant(i32, number) for number in (0, 2, 1))  # into the second cache, of data
        asking = ir.FunctionType(ir.VoidType(), [line, i32, i32, i32])
        function = get_or_insert_function(builder.module, asking, "llvm.prefetch.p0i8")
        builder.call(function, [builder.bitcast(pointer, line), *to_read])
        return context.get_dummy_value()

    return types.void(array, types.intp), codegen


def _line(context, builder, array_type, array, row, r) -> ir.Value:
    place = builder.add(row, ir.Constant(row.type, r))
    return pointer_to(context, builder, array_type, array, place, Lanes(array_type.dtype))
