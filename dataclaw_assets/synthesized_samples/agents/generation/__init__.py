"""The task `generation`: its agent, and what the agent is made of."""
