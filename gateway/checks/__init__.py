"""The read-only checks of `psgw check`: the gateway's store, issuers and secrets, and every connected system."""
