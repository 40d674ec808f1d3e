"""Vectors whose numbers differ by sums (mod 2) of a few masks, held in registers while all of these are turned.

A cube of k masks has 2**k vectors; that at place e is the one of ``row ^ sum of the masks whose bit is set in e``. What
loops over its places and axes is written out when it is compiled.
"""

from collections.abc import Iterator

from llvmlite import ir
from numba import types

from .lanes import FLAGS, Lanes, intrinsic, pointer_to


def _pairs(n: int, axis: int) -> Iterator[tuple[int, int]]:
    """Places that differ in an axis, that of the row first."""
    return ((e, e | 1 << axis) for e in range(n) if not e >> axis & 1)


def _pointers(context, builder, array_type, array, row, masks, lanes) -> Iterator[ir.Value]:
    """Where the vectors of a cube are."""
    rows = [row]
    for axis in range(masks.type.count):
        rows += [builder.xor(other, builder.extract_value(masks, axis)) for other in rows]
    for place in rows:
        yield pointer_to(context, builder, array_type, array, place, lanes)


@intrinsic
def load_cube(typingctx, array, row, masks) -> tuple:
    """Return the vectors of a cube."""
    lanes = Lanes(array.dtype)
    cube = types.UniTuple(lanes, 1 << len(masks))

    def codegen(context, builder, sig, args) -> ir.Value:
        found = ir.Constant(context.get_value_type(cube), ir.Undefined)
        array, row, masks = args
        for e, pointer in enumerate(_pointers(context, builder, sig.args[0], array, row, masks, lanes)):
            found = builder.insert_value(found, builder.load(pointer, align=8), e)
        return found

    return cube(array, types.intp, masks), codegen


@intrinsic
def store_cube(typingctx, array, row, masks, cube) -> tuple:
    """Set them."""

    def codegen(context, builder, sig, args) -> ir.Value:
        array, row, masks, vectors = args
        for e, pointer in enumerate(_pointers(context, builder, sig.args[0], array, row, masks, cube.dtype)):
            builder.store(builder.extract_value(vectors, e), pointer, align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp, masks, cube), codegen


@intrinsic
def lines_at(typingctx, array, row, signs) -> tuple:
    """Return, for each axis, the line array[2 axis], or the next one if an odd number of its bits of the row is set."""
    lines = types.UniTuple(Lanes(array.dtype), len(signs))

    def codegen(context, builder, sig, args) -> ir.Value:
        found, one = ir.Constant(context.get_value_type(lines), ir.Undefined), ir.Constant(ir.IntType(64), 1)
        for axis in range(len(signs)):
            is_odd = builder.and_(builder.ctpop(builder.and_(args[1], builder.extract_value(args[2], axis))), one)
            line = builder.add(is_odd, ir.Constant(ir.IntType(64), 2 * axis))
            pointer = pointer_to(context, builder, sig.args[0], args[0], line, lines.dtype)
            found = builder.insert_value(found, builder.load(pointer, align=8), axis)
        return found

    return lines(array, types.intp, signs), codegen


@intrinsic
def turned(typingctx, cube, tangents) -> tuple:
    """Return a cube turned along each axis, but for the cosines: u - t v and v + t u of each pair."""

    def codegen(context, builder, sig, args) -> ir.Value:
        u = [builder.extract_value(args[0], e) for e in range(len(cube))]
        for axis in range(len(tangents)):
            t = builder.extract_value(args[1], axis)
            for a, b in _pairs(len(cube), axis):
                less, more = (builder.fmul(t, u[e], flags=FLAGS) for e in (b, a))
                u[a], u[b] = builder.fsub(u[a], less, flags=FLAGS), builder.fadd(u[b], more, flags=FLAGS)
        found = args[0]
        for e, vector in enumerate(u):
            found = builder.insert_value(found, vector, e)
        return found

    return cube(cube, tangents), codegen


@intrinsic
def scaled(typingctx, cube, vector) -> tuple:
    """Return a cube, each of its vectors times another."""

    def codegen(context, builder, sig, args) -> ir.Value:
        found = args[0]
        for e in range(len(cube)):
            product = builder.fmul(args[1], builder.extract_value(args[0], e), flags=FLAGS)
            found = builder.insert_value(found, product, e)
        return found

    return cube(cube, vector), codegen


@intrinsic
def add_slopes(typingctx, sums, signs, cube, cotangent) -> tuple:
    """Return the sums plus, for each axis, its sign times what turning the cube along it adds to a loss."""

    def codegen(context, builder, sig, args) -> ir.Value:
        total, sign, s, r = args
        for axis in range(len(sums)):
            g = None
            for a, b in _pairs(len(cube), axis):
                for of_r, of_s, add in ((b, a, builder.fadd), (a, b, builder.fsub)):
                    step = builder.fmul(builder.extract_value(r, of_r), builder.extract_value(s, of_s), flags=FLAGS)
                    g = step if g is None else add(g, step, flags=FLAGS)
            g = builder.fmul(builder.extract_value(sign, axis), g, flags=FLAGS)
            g = builder.fadd(builder.extract_value(total, axis), g, flags=FLAGS)
            total = builder.insert_value(total, g, axis)
        return total

    return sums(sums, signs, cube, cotangent), codegen
