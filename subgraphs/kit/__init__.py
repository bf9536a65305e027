"""What every adapter may use: cursors, decoding, errors, dates, mapping files, and servers for twins."""
