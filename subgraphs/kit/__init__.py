"""What every adapter may use: cursors, decoding, failures, dates, mapping files, serving a twin."""
