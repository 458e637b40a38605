"""RLDS datasets: tfrecords of episodes."""
