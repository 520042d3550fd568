"""Does it get there: plasma, barrier, neuron, target."""
