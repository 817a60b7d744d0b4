"""The door of a site: who has signed in, how often somebody may try, and what was typed before a session ran out."""
