"""The three kinds of models, each behind the same two questions: what are you, what do you say of these frames."""
