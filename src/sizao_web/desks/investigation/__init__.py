"""Those who trace: who was at a place with a case, and where a case was."""
