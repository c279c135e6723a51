retrial runn noise.yaml
