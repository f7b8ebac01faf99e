"""Settings, addresses, the task queue, the embedded services. Nobody imports it but itself."""
