"""Updates of deployed pipelines: found, followed to their end, told, and helped where that is safe."""
