"""The task `tutorial`: its agent, and what the agent is made of."""
