"""Backend `action_tokens`: a Qwen3-VL that writes codes as tokens."""
