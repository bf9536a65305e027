"""Base classes for adapters of systems that have only some records of a role: one module per role.

Inherit and implement the reads that the system supports. Every other read answers empty without a call, and the
attributes of its records are absent. Set `lineage` to `complete_lineage(supported, <ROLE>_RECORDS, reason)` to give
the reason.
"""
