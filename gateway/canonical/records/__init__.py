"""What each system says of a thing, one frozen class per role and noun.

Codes (`status`, `stage`, `type`, `legal_entity`, ...) are the system's raw words; reference data maps them to the firm's. Attributes ending in
`_id` hold native ids of the same connection; None means that the system says nothing, for good (no place for it) or for this record.
"""
