"""Kinds of operations, and how their functions are compiled."""

from ...jit import compiled

# A row of `ops` is (kind, x, z, slot, top bits of all x of its pass). A rotation is of real numbers: with two parts the
# lowest bit of the masks is the part, and set where real and imaginary parts turn into each other.
TURN, TURN_BACK, SHARED_PHASE, ROW_PHASE = range(4)

FAST = {"contract", "nsz", "reassoc", "arcp"}
jit = compiled(fastmath=FAST, lanes=True)
