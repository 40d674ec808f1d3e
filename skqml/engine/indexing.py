"""Numbers and parts of arrays in compiled functions: no place counts from the end, and nothing is checked.

Numba writes sixty instructions for a number of two indices and two hundred for a slice, for LLVM to take away again: it
was a third of what a first call takes.
"""

from llvmlite import ir
from numba import types
from numba.core.cgutils import memset, pack_array, raw_memcpy, unpack_tuple
from numba.core.imputils import impl_ret_borrowed

from .lanes import intrinsic

_INT = ir.IntType(64)


@intrinsic
def at(typingctx, array, *places) -> tuple:
    """Return array[places], a number or an array of fewer axes."""
    n = len(places)
    found = array.copy(ndim=array.ndim - n) if n < array.ndim else array.dtype

    def codegen(context, builder, sig, args) -> ir.Value:
        a = _Array(context, builder, array, args[0])
        if n == array.ndim:
            return context.unpack_value(builder, found, a.pointer(args[1:]))
        return a.view(a.pointer(args[1:]), a.shape[n:], a.strides[n:])

    return found(array, *n * (types.intp,)), codegen


@intrinsic
def part(typingctx, array, first, n) -> tuple:
    """Return array[first : first + n]."""

    def codegen(context, builder, sig, args) -> ir.Value:
        a = _Array(context, builder, array, args[0])
        return a.view(a.pointer(args[1:2]), [args[2], *a.shape[1:]], a.strides)

    return array(array, types.intp, types.intp), codegen


@intrinsic
def behind(typingctx, array, first) -> tuple:
    """Return array[first:]."""

    def codegen(context, builder, sig, args) -> ir.Value:
        a = _Array(context, builder, array, args[0])
        return a.view(a.pointer(args[1:]), [builder.sub(a.shape[0], args[1]), *a.shape[1:]], a.strides)

    return array(array, types.intp), codegen


@intrinsic
def in_blocks(typingctx, array, n) -> tuple:
    """Return array.reshape(-1, n, ...), without what is behind the last whole block."""

    def codegen(context, builder, sig, args) -> ir.Value:
        a = _Array(context, builder, array, args[0])
        shape = [builder.sdiv(a.shape[0], args[1]), args[1], *a.shape[1:]]
        return a.view(a.data, shape, [builder.mul(args[1], a.strides[0]), *a.strides])

    return array.copy(ndim=array.ndim + 1)(array, types.intp), codegen


@intrinsic
def lines_of(typingctx, room) -> tuple:
    """Return the cache lines of a flat, contiguous array of doubles (n, 8): one fewer than would fit."""

    def codegen(context, builder, sig, args) -> ir.Value:
        a = _Array(context, builder, room, args[0])
        first = builder.lshr(builder.and_(builder.neg(builder.ptrtoint(a.data, _INT)), _INT(63)), _INT(3))
        n = builder.sub(builder.lshr(a.shape[0], _INT(3)), _INT(1))
        return a.view(a.pointer([first]), [n, _INT(8)], [_INT(64), _INT(8)])

    return room.copy(ndim=2)(room), codegen


@intrinsic
def put(typingctx, array, row, column, number) -> tuple:
    """Set array[row, column] to a number."""

    def codegen(context, builder, sig, args) -> ir.Value:
        context.pack_value(builder, array.dtype, args[3], _Array(context, builder, array, args[0]).pointer(args[1:3]))
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, array.dtype), codegen


@intrinsic
def clear(typingctx, array) -> tuple:
    """Set all of a contiguous array to zero."""

    def codegen(context, builder, sig, args) -> ir.Value:
        a = _Array(context, builder, array, args[0])
        memset(builder, a.data, a.n_bytes, 0)
        return context.get_dummy_value()

    return types.void(array), codegen


@intrinsic
def copy_lines(typingctx, target, source) -> tuple:
    """Set the first lines of a contiguous array to all of another one."""

    def codegen(context, builder, sig, args) -> ir.Value:
        to, a = (_Array(context, builder, kind, value) for kind, value in zip((target, source), args, strict=True))
        raw_memcpy(builder, to.data, a.data, a.n_bytes, 1)
        return context.get_dummy_value()

    return types.void(target, source), codegen


class _Array:
    """Writes instructions on an array."""

    def __init__(self, context, builder, array_type: types.Array, array: ir.Value):
        self._context, self._builder, self._type, self._array = context, builder, array_type, array
        self.data, self.shape = self._field("data"), unpack_tuple(builder, self._field("shape"))
        self.strides = unpack_tuple(builder, self._field("strides"))
        if array_type.layout == "C":
            self.strides[-1] = _INT(context.get_abi_sizeof(self.data.type.pointee))

    def _field(self, name: str) -> ir.Value:
        return self._builder.extract_value(self._array, self._place_of(self._type, name))

    def _place_of(self, array_type, name: str) -> int:
        return self._context.data_model_manager[array_type].get_field_position(name)

    @property
    def n_bytes(self) -> ir.Value:
        return self._builder.mul(self._field("nitems"), self._field("itemsize"))

    def pointer(self, places) -> ir.Value:
        """Where it has array[places]."""
        data = self._builder.bitcast(self.data, ir.IntType(8).as_pointer())
        for place, stride in zip(places, self.strides, strict=False):
            data = self._builder.gep(data, [self._builder.mul(place, stride)])
        return self._builder.bitcast(data, self.data.type)

    def view(self, data: ir.Value, shape: list[ir.Value], strides: list[ir.Value]) -> ir.Value:
        """An array at a pointer into this one, whose memory it keeps."""
        n_items, builder, kind = shape[0], self._builder, self._type.copy(ndim=len(shape))
        for length in shape[1:]:
            n_items = builder.mul(n_items, length)
        fields = {name: self._field(name) for name in ("meminfo", "itemsize")} | {"data": data, "nitems": n_items}
        fields |= {"shape": pack_array(builder, shape), "strides": pack_array(builder, strides)}
        view = ir.Constant(self._context.get_value_type(kind), None)
        for name, value in fields.items():
            view = builder.insert_value(view, value, self._place_of(kind, name))
        return impl_ret_borrowed(self._context, builder, kind, view)
