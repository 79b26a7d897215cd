"""Schools, care homes, pharmacies, enterprises: the one daily report, absences with their cause, closures."""
