"""Rules and packs as pages anybody can read."""
