"""The graph: one module per noun. Strawberry lives here and nowhere else."""
