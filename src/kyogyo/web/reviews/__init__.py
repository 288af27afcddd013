"""Pages: see ARCHITECTURE.md."""
