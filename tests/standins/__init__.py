"""Small servers on the loopback interface that behave like image generators, also when those behave badly."""
