"""The community worker, on a phone: today's visits merged by household."""
