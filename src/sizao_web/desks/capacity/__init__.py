"""Capacity: what there is against what is coming, what runs out first, who must act; reported once a day."""
