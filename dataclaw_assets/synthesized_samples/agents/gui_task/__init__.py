"""The task `gui_task`: its agent, and what the agent is made of."""
