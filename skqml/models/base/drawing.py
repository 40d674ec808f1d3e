"""Drawings of the circuits of fitted models."""

from sklearn.utils.validation import check_is_fitted

from ..._checks import check_option

OUTPUTS = ("text", "mpl", "latex", "latex_source")


class DrawnCircuit:
    """The method `draw` of models whose circuit is ``circuit_`` once they are fitted."""

    def draw(self, output="text", **options):
        """Return a drawing of the circuit.

        Parameters
        ----------
        output : str, default="text"
            As in `QuantumCircuit.draw`: ``"text"``, ``"mpl"``, ``"latex"``.
        **options
            Passed on to it.
        """
        check_is_fitted(self)
        check_option("output", output, OUTPUTS)
        return self.circuit_.draw(output, **options)
