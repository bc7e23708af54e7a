"""The task `tutoring`: its agent, and what the agent is made of."""
