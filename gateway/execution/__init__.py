"""The path of a request: authorise, plan, fetch in waves, build the response. Depends on plain data, not on Strawberry.

`plan` finds and fetches what an operation needs, `response` builds the response, `error_format` formats its errors.
Both planning and building resolve fields by `field_resolution`, which uses `source_values` (the record-and-fallback
rule), `references`, `facets`, `residency` and `masking`.
"""
