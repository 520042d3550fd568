"""What a treatment should do: pathways, neurons, virtual patients, and the trial record that holds them to account."""
