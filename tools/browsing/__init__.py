"""A demonstration, served for a browser that watches it: for journeys and for the contact sheet of pages."""
