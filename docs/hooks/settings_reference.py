"""Renders the page of the settings from their JSON Schema; descriptions are the docstrings in `gateway/settings.py`."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tables import render_table

from gateway.settings import build_json_schema

INTRODUCTION: Final = """\
# Settings

The settings are one TOML file: `psgw.toml` in the working directory, or the file that `--settings` or the variable
`PSGW_SETTINGS` names. Unknown keys are refused, and all errors are reported at once. `psgw config schema` prints the
JSON Schema from which this page is generated.

An environment variable overrides a key of a single section: `PSGW__STORE__URL` is `url` of `[store]`. A key that holds
a list takes it as JSON. Lists of sections (`[[issuers]]`, `[[connections]]`) come from the file only. Relative paths
start at the folder of the settings file.

A secret is `file:PATH` (read at every use, so that a rotated file takes effect), `env:NAME`, or the value itself.
"""


def render_page() -> str:
    """Return the page."""
    schema = build_json_schema()
    return INTRODUCTION + "".join(_render_sections(schema))


def _render_sections(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, declared in schema["properties"].items():
        many = declared.get("type") == "array"
        reference = (declared["items"] if many else declared).get("$ref")
        if reference is None:
            continue
        section = schema["$defs"][reference.rpartition("/")[2]]
        heading = f"[[{name}]]" if many else f"[{name}]"
        required = set(section.get("required", ()))
        rows = [
            (
                f"`{key}`",
                _format_type(field, schema),
                _format_default(field, required=key in required),
                field.get("description", ""),
            )
            for key, field in section["properties"].items()
        ]
        table = render_table(("key", "type", "default", "meaning"), rows)
        yield f"\n## `{heading}`\n\n{section['description']}\n\n{table}"


def _format_type(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return _format_type(schema["$defs"][field["$ref"].rpartition("/")[2]], schema)
    if "enum" in field:
        return ", ".join(f"`{word}`" for word in field["enum"])
    if "anyOf" in field:
        kinds = [_format_type(each, schema) for each in field["anyOf"] if each.get("type") != "null"]
        return " or ".join(kinds)
    if field.get("type") == "array":
        return f"list of {_format_type(field['items'], schema)}"
    if field.get("type") == "object":
        return "table"
    bounds = [
        f"{words} {field[key]:g}"
        for key, words in (("minimum", "from"), ("exclusiveMinimum", "over"), ("maximum", "to"))
        if key in field
    ]
    return " ".join([field.get("format") or field.get("type", "any"), *bounds])


def _format_default(field: Mapping[str, Any], *, required: bool) -> str:
    if required:
        return "required"
    default = field.get("default")
    return "none" if default in (None, [], {}) else f"`{default}`"
