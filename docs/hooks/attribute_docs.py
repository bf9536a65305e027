"""Reads the docstrings below the members of an enumeration, which Python does not keep."""

import ast
import inspect
import textwrap
from enum import Enum
from itertools import pairwise


def read_attribute_docs(kind: type[Enum]) -> dict[str, str]:
    """Return the docstring below each member, by the member's name."""
    (body,) = (
        node.body for node in ast.parse(textwrap.dedent(inspect.getsource(kind))).body if isinstance(node, ast.ClassDef)
    )
    found = {}
    for statement, below in pairwise(body):
        match statement, below:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = text
    return found
