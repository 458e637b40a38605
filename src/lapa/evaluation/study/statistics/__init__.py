"""Statistics over a grid of cells: intervals, differences, spread, the gap closed, power, associations."""
