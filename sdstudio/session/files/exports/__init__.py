"""A run for other programs: a strip of pictures, an animation, a film, its tensors."""
