"""Values become what is seen: every function here is pure, from records to Dash components and Plotly figures."""
