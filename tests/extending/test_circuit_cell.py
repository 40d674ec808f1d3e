"""A recurrent cell of a user's own that is its circuit alone: a reservoir goes on with a series, and is trained."""

import numpy as np

from skqml import CircuitCell, QRNNReservoirRegressor, make_mackey_glass


class Brickwork(CircuitCell):
    """Values as angles about X, then bricks of CZ and RY."""

    def draw(self, qc, x, h, weight):
        for qubit, value in enumerate([*x, *h]):
            qc.rx(value, qubit)
        for layer in range(4):
            for qubit in range(layer % 2, qc.num_qubits - 1, 2):
                qc.cz(qubit, qubit + 1)
            for qubit in range(qc.num_qubits):
                qc.ry(weight(), qubit)


def test_circuit_cell():
    series = make_mackey_glass(500)[None]
    X, y = series[:, :-1, None], series[:, 1:]
    model = QRNNReservoirRegressor(Brickwork(5, 2, leak=0.5), n_reservoirs=4, washout=30, random_state=0)
    model.fit(X[:, :400], y[:, :400])
    assert model.score(X, y) > 0.99
    np.testing.assert_allclose(model.forecast(5)[0], y[0, 400:405], atol=0.05)
    np.testing.assert_allclose(model.predict(X[:, :50])[0], model.predict(X)[0, :50])
    trained = QRNNReservoirRegressor(Brickwork(3, 1), n_reservoirs=1, train_cell=True, max_iter=3, random_state=0)
    trained.fit(X[:, :60], y[:, :60])
    assert trained.loss_curve_[-1] < trained.loss_curve_[0]
