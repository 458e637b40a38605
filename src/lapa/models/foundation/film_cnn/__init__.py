"""Backend `film_cnn`: convolutions modulated by language."""
