retrial hepl noise.yaml
