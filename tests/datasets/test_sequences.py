"""Sequences of letters by formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skqml.datasets import make_membrane, make_motif


@given(st.integers(1, 40), st.integers(12, 60), st.integers(0, 99))
def test_half_of_the_sequences_hold_the_motif(n_samples, length, seed):
    X, y = make_motif(n_samples, length, random_state=seed)
    assert all(len(x) == length and set(x) <= set("ACGT") for x in X)
    assert all("CGACCGAACTCC" in x for x in X[y == 1])
    assert y.sum() == n_samples // 2


@given(st.integers(1, 40), st.integers(20, 60), st.integers(0, 99))
def test_half_of_the_proteins_have_a_hydrophobic_segment(n_samples, length, seed):
    X, y = make_membrane(n_samples, length, random_state=seed)
    for x in X[y == 1]:
        run = max(len(part) for part in "".join(c if c in "AFILMVW" else " " for c in x).split(" "))
        assert run >= 20
    assert all(len(x) == length and set(x) <= set("ACDEFGHIKLMNPQRSTVWY") for x in X)


@pytest.mark.parametrize("make", [make_motif, make_membrane])
def test_one_seed_gives_one_set(make):
    X, y = make(20, random_state=3)
    again, labels = make(20, random_state=3)
    assert (X == again).all() and (y == labels).all()
    assert (X != make(20, random_state=4)[0]).any()


@pytest.mark.parametrize("motif", ["", "ACGU", "A" * 51, None, 5, ["A"]])
def test_motifs_that_are_refused(motif):
    with pytest.raises(ValueError, match="motif must be"):
        make_motif(motif=motif)


def test_segments_that_do_not_fit():
    with pytest.raises(ValueError, match="n_residues"):
        make_membrane(length=10)
