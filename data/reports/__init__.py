"""One report per page: a few statements in, one frozen record out."""
