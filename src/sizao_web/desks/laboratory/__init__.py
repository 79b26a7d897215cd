"""Sampling teams and laboratories: whom to sample in which tube, where tubes are, results."""
