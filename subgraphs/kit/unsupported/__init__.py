"""Base classes for adapters of systems that have only some records of a role: one module per role.

Inherit and implement the reads that the system supports. Every other read answers empty without a call, and its records'
attributes are absent. Replace `lineage` with `complete_lineage(supported, <ROLE>_RECORDS, reason)` to give the reason.
"""
