"""The task `visual_puzzle`: its agent, and what the agent is made of."""
