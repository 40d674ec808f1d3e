"""The best of several trainings."""

from collections.abc import Callable

from .minimize import Interrupted, Training, TrainingError


def best_of_starts(train: Callable[[str], Training], n_starts: int) -> Training:
    """Train from each start, and keep the training of the lowest loss.

    A training that is interrupted, or stopped by a callback, is the last one.

    Parameters
    ----------
    train : callable (title) -> Training
        Trains once, from a start of its own; the title, empty if there is one start, says which.
    n_starts : int

    Raises
    ------
    TrainingError
        If one fails; it holds the best before.
    KeyboardInterrupt
        Where there is nothing to keep.
    """
    best: Training | None = None
    for k in range(n_starts):
        try:
            training = train(f"start {k + 1} of {n_starts}" if n_starts > 1 else "")
        except TrainingError as error:
            error.training = _better(best, error.training)
            raise
        except Interrupted:
            if best is None:
                raise
            break
        except Exception as error:  # whatever it was, starts that were finished are not to be lost
            if best is None:
                raise
            message = f"Training failed at the start of restart {k + 1}; the best before is kept: {error}"
            raise TrainingError(message, best) from error
        best = _better(best, training)
        if training.ended_by in ("interrupted", "callback"):
            break
    assert best is not None, "n_starts is at least 1"
    return best


def _better(best: Training | None, training: Training) -> Training:
    return training if best is None or training.loss < best.loss else best
