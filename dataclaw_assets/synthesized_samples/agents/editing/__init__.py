"""The task `editing`: its agent, and what the agent is made of."""
