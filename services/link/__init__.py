"""Every site's end of the network: own feeds up to the city stream, with signed checkpoints."""
