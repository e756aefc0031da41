"""Exchange rates of the National Bank of Kazakhstan."""
