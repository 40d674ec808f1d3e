"""One step of a recurrent model: the interface, quantum cells, and their classical twin."""
