"""Thresholds that can be defended: labels in, the choice with its uncertainty out."""
