"""Where plots are drawn."""


def axes(ax=None):
    """The axes given, or those of a new figure."""
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots()[1]
    return ax
