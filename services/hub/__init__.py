"""The city's end of the network: who is in it, a verified archive of every feed, the city's views."""
