"""Descriptions of the schema, taken from docstrings, so that introspection and the printed contract show them.

The docstring of a class describes its type, and the string below an attribute describes that field or enum value. A
description that a declaration gives itself takes precedence.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from itertools import pairwise
from typing import Any

import strawberry
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema


def describe(schema: strawberry.Schema, arguments: Mapping[str, str]) -> None:
    """Set missing descriptions of types, fields and enum values; `arguments` describes arguments by their names."""
    built: GraphQLSchema = schema._schema  # noqa: SLF001 -- the built schema has no public name; pinned and tested
    for declared in built.type_map.values():
        definition = declared.extensions.get("strawberry-definition")
        if isinstance(declared, GraphQLEnumType):
            _describe_enum(declared, getattr(definition, "wrapped_cls", None))
        elif isinstance(declared, (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)) and definition:
            _describe_fields(declared, definition)
            _describe_arguments(declared, arguments)


def describe_enum(kind: type[Enum], description: str, values: Mapping[str, str]) -> None:
    """Describe an enum that was registered with Strawberry, and each of its values.

    Raise ValueError if a value has no description, or a description no value.
    """
    names = set(kind.__members__)
    if names != set(values):
        raise ValueError(f"{kind.__name__}: the descriptions do not match the values {sorted(names ^ set(values))}")
    definition: Any = kind.__dict__["__strawberry_definition__"]
    definition.description = description
    for value in definition.values:
        value.description = values[value.name]


def read_attribute_docs(kind: type) -> dict[str, str]:
    """Return the docstrings below the attributes of a class, by attribute name."""
    node = _parse_classes(kind.__module__).get(kind.__name__)
    if node is None:
        return {}
    docs = {}
    for statement, following in pairwise(node.body):
        match statement, following:
            case (
                (ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)])),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                docs[name] = " ".join(text.split())
    return docs


@cache
def _parse_classes(module: str) -> dict[str, ast.ClassDef]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _describe_enum(declared: GraphQLEnumType, kind: type[Enum] | None) -> None:
    if kind is None:
        return
    declared.description = declared.description or _join_lines(kind.__doc__)
    docs = read_attribute_docs(kind)
    for name, value in declared.values.items():
        value.description = value.description or docs.get(name)


def _describe_fields(
    declared: GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType, definition: Any
) -> None:
    classes = list(_list_classes(definition.origin))
    declared.description = declared.description or _join_lines(classes[0].__doc__)
    docs = {name: text for kind in reversed(classes) for name, text in read_attribute_docs(kind).items()}
    for field in declared.fields.values():
        python_name = getattr(field.extensions.get("strawberry-definition"), "python_name", "")
        field.description = field.description or docs.get(python_name)


def _describe_arguments(
    declared: GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType, arguments: Mapping[str, str]
) -> None:
    for field in declared.fields.values():
        for name, argument in getattr(field, "args", {}).items():
            argument.description = argument.description or arguments.get(name)


def _list_classes(origin: type) -> Iterator[type]:
    """Yield the classes that declare the fields of a type; a generic type's copy has no docstring of its own."""
    return (kind for kind in origin.__mro__ if kind is not object and kind.__doc__)


def _join_lines(doc: str | None) -> str | None:
    return " ".join(doc.split()) if doc else None
