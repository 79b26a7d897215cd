"""The duty office: who is on duty and who leads, what the last shift left, incidents, assignments."""
