"""Models that write: one contract, the engine in this process, and any OpenAI-compatible server."""
