"""Descriptions of the arguments, which have the same meaning on every field."""

from typing import Final

ARGUMENTS: Final = {
    "activeOn": "Only values that can be used on this day.",
    "after": "Return the rows after this cursor.",
    "asOf": "Day of the calculation; if omitted, that of the amount's document, else today.",
    "before": "Return the rows before this cursor.",
    "currency": "Currency of the amounts; if omitted, that of the open items if they share one.",
    "fields": "Names of fields; if omitted, every field that this request has read.",
    "filter": "Conditions on the rows; all of them must hold.",
    "first": "Maximum number of rows, counted from the start.",
    "from": "Source currency.",
    "granularity": "Length of a window; weeks start on Monday.",
    "id": "Global id.",
    "ids": "Global ids; at most 100.",
    "kind": "Only dimensions of this kind.",
    "last": "Maximum number of rows, counted from the end.",
    "on": "Day on which the rates apply.",
    "orderBy": "Order of the rows.",
    "range": "Days to cover; at most 366.",
    "rateType": "Type of rate.",
    "ref": "The record, by global id, by an id in a source system, or by business code.",
    "role": "Only systems with this role.",
    "system": "Only ids of this system.",
    "to": "Target currency.",
}
