"""CSV files: reads and writes the Pushoff CSV, and reads the exports of Hevy and Strong."""
