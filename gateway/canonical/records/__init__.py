"""The records of each system: one frozen class per role and kind of object.

Codes (`status`, `stage`, `type`, `legal_entity`, ...) are raw; reference data maps them to canonical codes. Attributes
ending in `_id` hold native ids of the same connection. None means that the value is unknown: the system does not
support it, or this record does not have it.
"""
