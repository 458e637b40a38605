"""HDF5 files of robomimic and RoboNet."""
