"""What the models are worth: metrics, probes, rollouts, reports."""
