"""The page of the settings, from their JSON Schema: what stands below a field in `gateway/settings.py` is its documentation."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tables import table

from gateway.settings import json_schema

INTRODUCTION: Final = """\
# Settings

One TOML file, by default `psgw.toml` in the folder where `psgw` runs, or `--settings`, or the variable `PSGW_SETTINGS`. Unknown keys are refused, and
everything that is wrong is told at once. `psgw config schema` prints the JSON Schema from which this page is made.

A key of a single section can come from the environment: `PSGW__STORE__URL` is `url` of `[store]`, and wins over the file. A key that holds a list takes
it as JSON. Lists of sections (`[[issuers]]`, `[[connections]]`) come from the file alone. Relative paths start at the folder of the settings file.

A secret is `file:PATH` (read each time that it is needed, so that a rotated file is picked up), `env:NAME`, or the value itself.
"""


def page() -> str:
    """Return the page."""
    schema = json_schema()
    return INTRODUCTION + "".join(_sections(schema))


def _sections(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, declared in schema["properties"].items():
        many = declared.get("type") == "array"
        reference = (declared["items"] if many else declared).get("$ref")
        if reference is None:
            continue
        section = schema["$defs"][reference.rpartition("/")[2]]
        heading = f"[[{name}]]" if many else f"[{name}]"
        required = set(section.get("required", ()))
        rows = [
            (f"`{key}`", _type(field, schema), _default(field, required=key in required), field.get("description", ""))
            for key, field in section["properties"].items()
        ]
        yield f"\n## `{heading}`\n\n{section['description']}\n\n{table(('key', 'type', 'default', 'meaning'), rows)}"


def _type(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return _type(schema["$defs"][field["$ref"].rpartition("/")[2]], schema)
    if "enum" in field:
        return ", ".join(f"`{word}`" for word in field["enum"])
    if "anyOf" in field:
        return " or ".join(_type(each, schema) for each in field["anyOf"] if each.get("type") != "null")
    if field.get("type") == "array":
        return f"list of {_type(field['items'], schema)}"
    if field.get("type") == "object":
        return "table"
    bounds = [
        f"{words} {field[key]:g}"
        for key, words in (("minimum", "from"), ("exclusiveMinimum", "over"), ("maximum", "to"))
        if key in field
    ]
    return " ".join([field.get("format") or field.get("type", "any"), *bounds])


def _default(field: Mapping[str, Any], *, required: bool) -> str:
    if required:
        return "needed"
    default = field.get("default")
    return "none" if default in (None, [], {}) else f"`{default}`"
