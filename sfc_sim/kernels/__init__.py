"""Compiled kernels: bare floats and arrays in and out; c = 1, Gyr, comoving Gly."""
