"""The task `video_qa`: its agent, and what the agent is made of."""
