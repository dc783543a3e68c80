"""Model organisms: tiny language models whose ability, and whose hiding of it, is known.

A campaign, its statistics and its checks for hidden ability are instruments; an instrument is
tested on what is known beforehand. An organism is a real model: weights that were trained, that
are served, asked, drawn from, fine-tuned and damaged as any other, and too small to be of harm.
What it can do is known because of how it was trained (`kinds`). *Planted* models
(`holdshort.assess.models.planted`) test assessors and need no weights; organisms test the engine.

Everything is NumPy: network (`network`), gradient (`gradient`), training (`training`), writing
(`generation`).
"""
