"""The vault of a site: who may read what was sealed, and for what; who was erased; which code follows a case."""
