"""Events in, responses out: knows HTTP and AWS, and of `model_layer` its front door only."""
