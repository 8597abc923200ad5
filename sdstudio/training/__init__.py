"""How the built-in model is made and judged: `python -m sdstudio.training STAGE`.

The stages run in this order, each from the files the one before left in the work folder:
scenes, vae, latents, text, network, export, judge. Nothing in the app imports this package.
"""
