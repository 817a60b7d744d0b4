"""What can be asked for: items and the procedures under which they are handled."""
