"""Text files: bytes, encodings, whole lines."""
