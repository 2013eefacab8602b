"""Reading Azure and vCenter: the only part of checks that touches the network."""
