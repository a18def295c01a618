"""File formats: bytes to values and values to bytes, without HTTP and without SQL."""
