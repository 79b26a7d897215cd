"""Pharmacies and clinics: a sale with the way to the fever clinic, who came, whom to sample."""
