"""What professional-services systems share whose lists are filtered by parents and ids and read whole."""
