"""The task `planning`: its agent, and what the agent is made of."""
