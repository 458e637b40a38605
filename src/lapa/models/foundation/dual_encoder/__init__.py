"""Backend `dual_encoder`: two vision encoders and a language model."""
