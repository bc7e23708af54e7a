"""The task `world_model`: its agent, and what the agent is made of."""
