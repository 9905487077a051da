"""What flows between the stages: frozen values, and frames only inside a snapshot."""
