"""The task `robot_understanding`: its agent, and what the agent is made of."""
