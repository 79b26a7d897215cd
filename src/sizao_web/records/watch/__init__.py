"""What the installation notices about itself every minute: alarms, and switches that revert by themselves."""
