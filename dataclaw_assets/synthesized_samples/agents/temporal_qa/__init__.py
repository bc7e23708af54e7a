"""The task `temporal_qa`: its agent, and what the agent is made of."""
