"""What `psgw check` looks at: the gateway's own store, issuers and secrets, and every connected system. Nothing here changes anything."""
