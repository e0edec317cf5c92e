"""What a request passes on its way out and an answer on its way in, one responsibility each."""
