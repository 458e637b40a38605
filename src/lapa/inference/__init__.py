"""Trained models used: recordings in, actions or latent codes out, without a pipeline around them."""
