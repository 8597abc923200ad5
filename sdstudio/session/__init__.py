"""The life of a sitting: what the window asks, what the sampler answers, what is kept. No Qt."""
