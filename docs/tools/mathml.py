"""Formulas as MathML, which browsers draw by themselves: no script is fetched from elsewhere."""


def visit_inline(translator, node) -> None:
    """A formula in a sentence."""
    render(translator, node, "inline")


def visit_block(translator, node) -> None:
    """A formula by itself."""
    render(translator, node, "block")


def render(translator, node, display: str) -> None:
    """Write the formula, and nothing for the text below the node."""
    from docutils.nodes import SkipNode
    from latex2mathml.converter import convert

    translator.body.append(convert(node.astext(), display=display))
    raise SkipNode


def setup(app) -> dict:
    """Stand where MathJax stood."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True}
