"""Events over HTTP: what clients upload, accepted once it is on disk, mapped and delivered behind the reply."""
