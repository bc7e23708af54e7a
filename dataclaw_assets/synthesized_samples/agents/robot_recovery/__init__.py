"""The task `robot_recovery`: its agent, and what the agent is made of."""
