"""The demo company: who works there, and what they did in the last weeks, through the real actions."""
